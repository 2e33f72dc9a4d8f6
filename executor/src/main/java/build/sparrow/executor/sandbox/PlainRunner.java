package build.sparrow.executor.sandbox;

import build.sparrow.executor.posix.ChildProcess;
import build.sparrow.executor.posix.PidFd;
import build.sparrow.executor.posix.Spawn;
import build.sparrow.executor.posix.SpawnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs actions as processes like any other, for pools that ask for no sandbox by name: they see the
 * agent's files, its network and each other. The process group of an action ends with it; a daemon
 * that made a session of its own stays.
 */
public final class PlainRunner implements ActionRunner {
  /** What the C library takes when PATH is not set. */
  private static final String DEFAULT_PATH = "/bin:/usr/bin";

  @Override
  public RunResult run(RunRequest request, KillSwitch killSwitch) throws IOException {
    try {
      return start(request, killSwitch);
    } catch (CommandNotStartedException e) {
      return RunResult.notStarted(e, request);
    }
  }

  private static RunResult start(RunRequest request, KillSwitch killSwitch)
      throws IOException, CommandNotStartedException {
    List<String> environment =
        request.environment().entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .toList();
    Spawn spawn =
        new Spawn(
            program(request),
            request.arguments(),
            environment,
            request.startDirectory(),
            false,
            true);
    try {
      return Supervision.run(request, killSwitch, spawn, ProcessGroup::new);
    } catch (SpawnException e) {
      throw CommandNotStartedException.of(request, e);
    }
  }

  private static Path program(RunRequest request) throws CommandNotStartedException {
    String name = request.arguments().getFirst();
    if (name.contains("/")) {
      return request.startDirectory().resolve(name);
    }
    String path = request.environment().getOrDefault("PATH", DEFAULT_PATH);
    for (String directory : path.split(":", -1)) {
      Path candidate = request.startDirectory().resolve(directory).resolve(name);
      if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
        return candidate;
      }
    }
    throw CommandNotStartedException.notFound(request, "not found");
  }

  /** A command that leads a process group. */
  private record ProcessGroup(ChildProcess child) implements Cage {
    @Override
    public PidFd warden() {
      return child.process();
    }

    @Override
    public void terminate() {
      child.process().signalGroup(ChildProcess.SIGTERM);
    }

    @Override
    public void kill() {
      ProcessHandle.of(child.pid())
          .ifPresent(leader -> leader.descendants().forEach(ProcessHandle::destroyForcibly));
      child.process().signalGroup(ChildProcess.SIGKILL);
    }

    @Override
    public void status(byte[] bytes, int count) {}

    @Override
    public int exitCode(int childExitCode, CapturedStream stderr) {
      return childExitCode;
    }

    @Override
    public void close() {}
  }
}
