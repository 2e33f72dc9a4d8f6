package build.sparrow.cas.zstd;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What was sent as zstd is not valid, ends too early, is more than was announced, or wants more
 * memory than is allowed.
 */
public final class MalformedZstdException extends IOException {
  MalformedZstdException(String problem, @Nullable Throwable cause) {
    super(
        "compressed data is not valid zstd within the bounds of this farm (window up to %d MiB): %s"
            .formatted((1 << ZstdCodec.MAX_WINDOW_LOG) >> 20, problem),
        cause);
  }
}
