package build.sparrow.cas.zstd;

import java.io.IOException;

/** All native memory for decoders is taken; it passes. */
public final class DecodersBusyException extends IOException {
  DecodersBusyException(String message) {
    super(message);
  }
}
