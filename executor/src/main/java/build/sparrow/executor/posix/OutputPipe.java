package build.sparrow.executor.posix;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The agent's end of a pipe that a child writes to. */
public final class OutputPipe implements AutoCloseable {
  /** What poll passes over. */
  private static final int CLOSED = -1;

  private int fd;
  private boolean isReady;

  OutputPipe(int fd) {
    this.fd = fd;
  }

  /** A pipe that nobody writes to. */
  static OutputPipe none() {
    return new OutputPipe(CLOSED);
  }

  int fd() {
    return fd;
  }

  void setReady(boolean ready) {
    isReady = ready;
  }

  /** Whether it may still bring something. */
  public boolean isOpen() {
    return fd != CLOSED;
  }

  /** Whether reading did not have to wait when the {@link Poller} last looked. */
  public boolean isReady() {
    return isReady;
  }

  /**
   * Reads what is there.
   *
   * @return bytes read into the buffer; 0 is the end, after which the pipe is closed
   */
  public int read(MemorySegment buffer) throws IOException {
    int count = LibC.read(fd, buffer);
    if (count == 0) {
      close();
    }
    return count;
  }

  @Override
  public void close() {
    if (isOpen()) {
      LibC.close(fd);
      fd = CLOSED;
    }
  }
}
