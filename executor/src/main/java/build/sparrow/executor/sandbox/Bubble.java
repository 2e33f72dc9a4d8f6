package build.sparrow.executor.sandbox;

import build.sparrow.executor.posix.ChildProcess;
import build.sparrow.executor.posix.PidFd;
import build.sparrow.executor.posix.PosixException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One running bubblewrap: the monitor, which is our child, and the first process of the sandbox,
 * with which the whole process namespace dies.
 *
 * <p>The monitor may exit while processes of the sandbox still live, so its death says nothing; the
 * kernel reports the first process of a namespace dead only after all others are.
 */
final class Bubble implements Cage {
  private static final Pattern FIRST_PROCESS = Pattern.compile("\"child-pid\": *(\\d+)\\D");
  private static final Pattern EXIT_CODE = Pattern.compile("\"exit-code\": *(\\d+)\\D");
  private static final String EXEC_FAILED = "bwrap: execvp ";
  private static final int MAX_STATUS_BYTES = 4096;

  private final RunRequest request;
  private final KillSwitch killSwitch;
  private final ChildProcess monitor;
  private final StringBuilder status = new StringBuilder();
  private volatile @Nullable PidFd first;

  Bubble(RunRequest request, KillSwitch killSwitch, ChildProcess monitor) {
    this.request = request;
    this.killSwitch = killSwitch;
    this.monitor = monitor;
  }

  @Override
  public PidFd warden() {
    PidFd handle = first;
    return handle == null ? monitor.process() : handle;
  }

  /**
   * Signals the process group of the sandbox, which its first process leads. That one itself is
   * deaf to all but SIGKILL, as the first process of a namespace is.
   */
  @Override
  public void terminate() {
    PidFd handle = first;
    if (handle != null) {
      handle.signalGroup(ChildProcess.SIGTERM);
    }
  }

  /**
   * Kills the first process of the sandbox. Until that is known nothing is killed: the monitor
   * alone would leave it behind, waiting for ever.
   */
  @Override
  public void kill() {
    PidFd handle = first;
    if (handle != null) {
      handle.signal(ChildProcess.SIGKILL);
    }
  }

  @Override
  public void status(byte[] bytes, int count) throws IOException {
    if (status.length() + count > MAX_STATUS_BYTES) {
      throw new SandboxException("bubblewrap's status is longer than " + MAX_STATUS_BYTES);
    }
    status.append(new String(bytes, 0, count, StandardCharsets.US_ASCII));
    if (first == null) {
      OptionalInt pid = number(FIRST_PROCESS);
      if (pid.isPresent()) {
        watch(pid.getAsInt());
      }
    }
  }

  /** One number of the status, which is JSON, a flat object a line. */
  private OptionalInt number(Pattern field) {
    Matcher found = field.matcher(status);
    return found.find()
        ? OptionalInt.of(Integer.parseInt(status, found.start(1), found.end(1), 10))
        : OptionalInt.empty();
  }

  private void watch(int pid) throws IOException {
    try {
      first = PidFd.open(pid);
      // Again: a switch thrown before had nothing to kill.
      killSwitch.arm(this::kill);
    } catch (PosixException e) {
      // Dead already; then the monitor, which waits for it, ends by itself.
      if (e.errno() != PosixException.ESRCH) {
        throw e;
      }
    }
  }

  @Override
  public int exitCode(int monitorExitCode, CapturedStream stderr)
      throws CommandNotStartedException, SandboxException {
    OptionalInt exitCode = number(EXIT_CODE);
    if (exitCode.isPresent()) {
      return exitCode.getAsInt();
    }
    String said = stderr.text();
    if (said.startsWith(EXEC_FAILED)) {
      String reason = said.substring(said.lastIndexOf(": ") + 2);
      throw said.endsWith("No such file or directory")
          ? CommandNotStartedException.notFound(request, reason)
          : CommandNotStartedException.notExecutable(request, reason);
    }
    throw new SandboxException(
        "bubblewrap ended with code %d before the command could start: \"%s\""
            .formatted(monitorExitCode, said));
  }

  @Override
  public void close() {
    PidFd handle = first;
    if (handle != null) {
      handle.close();
    }
  }
}
