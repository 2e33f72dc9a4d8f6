package build.sparrow.cas.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file. Safe for many threads. */
public interface DiskFile extends Closeable {
  /**
   * Reads until the buffer is full or the file ends.
   *
   * @return how many bytes were read, 0 at the end
   */
  int read(ByteBuffer bytes, long position) throws IOException;

  /** Writes all that remains in the buffer. */
  void write(ByteBuffer bytes, long position) throws IOException;

  /** Makes all that was written before this call durable. */
  void sync() throws IOException;

  /** Cuts the file to that length. */
  void truncate(long bytes) throws IOException;

  /** Length of the file, in bytes. */
  long size() throws IOException;
}
