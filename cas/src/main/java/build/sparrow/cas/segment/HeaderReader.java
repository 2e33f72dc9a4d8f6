package build.sparrow.cas.segment;

import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the headers of a segment's records, many at a time. For one thread. */
final class HeaderReader {
  private static final int WINDOW_BYTES = 256 << 10;

  private final DiskFile file;
  private final long salt;
  private final long fileBytes;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
  private long windowStart;

  HeaderReader(DiskFile file, long salt) throws IOException {
    this.file = file;
    this.salt = salt;
    this.fileBytes = file.size();
  }

  /** Bytes that the file had when the reader was made. */
  long fileBytes() {
    return fileBytes;
  }

  /** The header at that place; null if none is there that could be. */
  @Nullable RecordHeader at(long position) throws IOException {
    long inWindow = position - windowStart;
    if (inWindow < 0 || inWindow + RecordHeader.MAX_BYTES > window.limit()) {
      window.clear();
      windowStart = position;
      file.read(window, position);
      window.flip();
      inWindow = 0;
    }
    if (inWindow >= window.limit()) {
      return null;
    }
    RecordHeader header = RecordHeader.decode(window.position((int) inWindow), salt);
    boolean isPlausible =
        header != null
            && header.storedBytes() >= 0
            && header.storedBytes() <= fileBytes - position - header.bytes();
    return isPlausible ? header : null;
  }
}
