package build.sparrow.executor.sandbox;

import build.sparrow.executor.posix.PidFd;
import java.io.IOException;

/** What holds the processes of one running command together. */
interface Cage extends AutoCloseable {
  /** The process whose death is the death of all; may become another as more is known. */
  PidFd warden();

  /** Asks the command's processes to end. */
  void terminate();

  /** Ends all processes at once; for any thread. */
  void kill();

  /** Takes what came through the status pipe. */
  void status(byte[] bytes, int count) throws IOException;

  /**
   * The exit code of the command.
   *
   * @param childExitCode of our child, which may be the command or what it was started by
   * @param stderr what it wrote
   * @throws CommandNotStartedException if it never ran, for a reason that is its own
   * @throws SandboxException if it never ran, for a reason that is ours
   */
  int exitCode(int childExitCode, CapturedStream stderr)
      throws CommandNotStartedException, SandboxException;

  /** Forgets the processes, all dead by now. */
  @Override
  void close();
}
