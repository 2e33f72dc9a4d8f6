package build.sparrow.executor.sandbox;

import build.sparrow.executor.posix.PosixException;
import build.sparrow.executor.posix.SpawnException;

/** The command could not be executed; its user gets what a shell would say. */
final class CommandNotStartedException extends Exception {
  private static final int NOT_FOUND = 127;
  private static final int NOT_EXECUTABLE = 126;

  private final int exitCode;

  private CommandNotStartedException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** No file is there, in the directories of PATH if the program is a bare name. */
  static CommandNotStartedException notFound(RunRequest request, String reason) {
    String program = request.arguments().getFirst();
    String hint =
        program.contains("/")
            ? " (the path is taken from the working directory; if it is a script, its interpreter"
                + " may be missing)"
            : " (PATH is " + request.environment().getOrDefault("PATH", "not set") + ")";
    return new CommandNotStartedException(
        NOT_FOUND, "sparrow: cannot run '" + program + "': " + reason + hint + "\n");
  }

  /** It is there, but not a program. */
  static CommandNotStartedException notExecutable(RunRequest request, String reason) {
    return new CommandNotStartedException(
        NOT_EXECUTABLE,
        "sparrow: cannot run '" + request.arguments().getFirst() + "': " + reason + "\n");
  }

  /** From what the kernel answered. */
  static CommandNotStartedException of(RunRequest request, SpawnException failure) {
    return failure.errno() == PosixException.ENOENT
        ? notFound(request, failure.reason())
        : notExecutable(request, failure.reason());
  }

  /** 127 or 126, as of a shell. */
  int exitCode() {
    return exitCode;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
