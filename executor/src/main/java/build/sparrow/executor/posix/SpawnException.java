package build.sparrow.executor.posix;

import java.nio.file.Path;

/** A child could not be started: its program is not there, not a program, or its place is wrong. */
public final class SpawnException extends PosixException {
  SpawnException(Path program, int errno) {
    super("Starting " + program, errno);
  }
}
