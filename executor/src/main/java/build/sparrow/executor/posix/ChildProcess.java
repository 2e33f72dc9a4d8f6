package build.sparrow.executor.posix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A running child with pipes for its standard output, its standard error and its status.
 *
 * <p>The thread that starts a child must outlive it: a child that asked to die with its parent dies
 * with that <em>thread</em>. All methods are for that thread.
 */
public final class ChildProcess implements AutoCloseable {
  /** Ask to end. */
  public static final int SIGTERM = 15;

  /** End at once. */
  public static final int SIGKILL = 9;

  private static final int SIGNAL_MASK = 0x7f;

  private final int pid;
  private final PidFd process;
  private final OutputPipe stdout;
  private final OutputPipe stderr;
  private final OutputPipe status;
  private boolean isReaped;

  private ChildProcess(int pid, PidFd process, List<LibC.Pipe> pipes) {
    this.pid = pid;
    this.process = process;
    this.stdout = new OutputPipe(pipes.get(0).readEnd());
    this.stderr = new OutputPipe(pipes.get(1).readEnd());
    this.status = pipes.size() > 2 ? new OutputPipe(pipes.get(2).readEnd()) : OutputPipe.none();
  }

  /** Starts a child. */
  public static ChildProcess start(Spawn spawn) throws IOException {
    List<LibC.Pipe> pipes = new ArrayList<>();
    try {
      for (int i = 0; i < (spawn.hasStatusPipe() ? 3 : 2); i++) {
        pipes.add(LibC.pipe());
      }
      int pid = spawn.start(pipes.stream().map(LibC.Pipe::writeEnd).toList());
      return new ChildProcess(pid, watch(pid), pipes);
    } catch (IOException e) {
      pipes.forEach(pipe -> LibC.close(pipe.readEnd()));
      throw e;
    } finally {
      pipes.forEach(pipe -> LibC.close(pipe.writeEnd()));
    }
  }

  /** Opens a child just started, which is in the process table at least until it is waited for. */
  private static PidFd watch(int pid) throws IOException {
    try {
      return PidFd.open(pid);
    } catch (IOException e) {
      LibC.kill(pid, SIGKILL);
      LibC.waitpid(pid);
      throw e;
    }
  }

  /** The child's process id, in the agent's process namespace. */
  public int pid() {
    return pid;
  }

  /** The child itself, to be watched and signalled. */
  public PidFd process() {
    return process;
  }

  /** What the child writes to its standard output. */
  public OutputPipe stdout() {
    return stdout;
  }

  /** What the child writes to its standard error. */
  public OutputPipe stderr() {
    return stderr;
  }

  /** What the child writes to its status pipe; closed if it has none. */
  public OutputPipe status() {
    return status;
  }

  /** Waits for the end and takes the exit code: 128 + n if signal n ended the child. */
  public int awaitExit() throws IOException {
    int waitStatus = LibC.waitpid(pid);
    isReaped = true;
    int signal = waitStatus & SIGNAL_MASK;
    return signal == 0 ? (waitStatus >> Byte.SIZE) & 0xff : 128 + signal;
  }

  /** Gives up the pipes and the process; a child that still runs is killed and waited for. */
  @Override
  public void close() throws IOException {
    if (!isReaped) {
      process.signal(SIGKILL);
      awaitExit();
    }
    stdout.close();
    stderr.close();
    status.close();
    process.close();
  }
}
