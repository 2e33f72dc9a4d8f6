package build.sparrow.cas.replica.client;

import build.sparrow.cas.BlobMissingException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Keeps the first of several streams that are opened at the same time, and closes the others. */
final class FirstStream {
  private @Nullable InputStream first;
  private boolean taken;

  /** Opens a stream. */
  @FunctionalInterface
  interface Opening {
    InputStream open() throws IOException;
  }

  /** Opens one; false if what it is to give is not there. */
  boolean offer(Opening opening) throws IOException {
    InputStream stream;
    try {
      stream = opening.open();
    } catch (BlobMissingException _) {
      return false;
    }
    if (!isFirst(stream)) {
      stream.close();
    }
    return true;
  }

  private synchronized boolean isFirst(InputStream stream) {
    if (first != null || taken) {
      return false;
    }
    first = stream;
    return true;
  }

  /** The stream, which is the caller's from now on; null if none was opened. */
  synchronized @Nullable InputStream take() {
    taken = true;
    return first;
  }
}
