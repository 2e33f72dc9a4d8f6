package build.sparrow.executor.posix;

import java.io.IOException;

/** A system call that failed, with its errno. */
public sealed class PosixException extends IOException permits SpawnException {
  /** No such file or directory. */
  public static final int ENOENT = 2;

  /** No such process. */
  public static final int ESRCH = 3;

  /** Argument list too long. */
  public static final int E2BIG = 7;

  /** Exec format error. */
  public static final int ENOEXEC = 8;

  /** Permission denied. */
  public static final int EACCES = 13;

  /** Not a directory. */
  public static final int ENOTDIR = 20;

  private final int errno;

  PosixException(String call, int errno) {
    super(call + " failed: " + LibC.describe(errno));
    this.errno = errno;
  }

  /** What the kernel answered, one of the constants or another. */
  public int errno() {
    return errno;
  }

  /** The C library's words for it, such as "No such file or directory". */
  public String reason() {
    return LibC.describe(errno);
  }
}
