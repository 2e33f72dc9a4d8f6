package build.sparrow.executor.posix;

import java.io.IOException;

/** A process that can be watched and signalled without the danger of meeting another. */
public final class PidFd implements AutoCloseable {
  private final int pid;
  private int fd;

  private PidFd(int pid, int fd) {
    this.pid = pid;
    this.fd = fd;
  }

  /** Opens a process by its id; fails with ESRCH if it is gone. */
  public static PidFd open(int pid) throws IOException {
    return new PidFd(pid, LibC.pidfdOpen(pid));
  }

  /** The descriptor for poll, which reports the end of the process as something to read. */
  synchronized int fd() {
    return fd;
  }

  /** Sends a signal, if the process still lives; for any thread. */
  public synchronized void signal(int signal) {
    if (fd >= 0) {
      LibC.pidfdSendSignal(fd, signal);
    }
  }

  /**
   * Sends a signal to the process group that this process leads; to be called only while the
   * process is not known to have left the process table.
   */
  public synchronized void signalGroup(int signal) {
    if (fd >= 0) {
      LibC.kill(-pid, signal);
    }
  }

  /** Closes the descriptor; a dead process that we are the heirs of leaves the process table. */
  @Override
  public synchronized void close() {
    if (fd >= 0) {
      LibC.reap(fd);
      LibC.close(fd);
      fd = -1;
    }
  }
}
