package build.sparrow.cas;

import java.io.IOException;
import java.io.InputStream;

/** Where the bytes of an upload come from, as often as they are needed; a file, for one. */
@FunctionalInterface
public interface BlobSource {
  /** Opens the bytes from the first one; the caller closes the stream. */
  InputStream open() throws IOException;
}
