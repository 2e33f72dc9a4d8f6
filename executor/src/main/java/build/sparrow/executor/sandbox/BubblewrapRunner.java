package build.sparrow.executor.sandbox;

import build.sparrow.executor.posix.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs each action in a bubblewrap of its own: user, mount, process, IPC, UTS and network
 * namespaces of its own, the toolchain read-only as its root, loopback as its only network, no
 * capability, and no environment but the action's.
 */
public final class BubblewrapRunner implements ActionRunner {
  /** Where an action finds its directory, on every executor alike. */
  static final String ACTION_ROOT = "/run/sparrow/root";

  /** Directories of the root that are covered by file systems of the action's own. */
  private static final List<String> MOUNT_POINTS = List.of("proc", "dev", "tmp", "run");

  private static final long TEMPORARY_BYTES = 4L << 30;
  private static final long SMALL_TMPFS_BYTES = 1 << 20;

  /** Not there in any root: that bubblewrap fails only at that proves that all before worked. */
  private static final String PROBE_PROGRAM = "/run/sparrow/probe";

  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(10);

  private final Path bubblewrap;
  private final List<String> commonArguments;

  private BubblewrapRunner(Path bubblewrap, List<String> commonArguments) {
    this.bubblewrap = bubblewrap;
    this.commonArguments = commonArguments;
  }

  /**
   * Makes a runner and proves that it works here.
   *
   * @param rootDirectory becomes the action's root, read-only
   * @param hiddenDirectories of the agent, existing, which the action must not see
   * @param workDirectory for the proof; existing
   * @throws SandboxException if it does not, with the reason and what to do
   */
  public static BubblewrapRunner create(
      Path bubblewrap, Path rootDirectory, List<Path> hiddenDirectories, Path workDirectory)
      throws IOException {
    checkRoot(rootDirectory);
    for (Path hidden : hiddenDirectories) {
      if (!Files.isDirectory(hidden)) {
        throw new SandboxException(
            "Directory " + hidden + " is to be hidden from actions, but does not exist; make it");
      }
    }
    BubblewrapRunner runner =
        new BubblewrapRunner(bubblewrap, commonArguments(rootDirectory, hiddenDirectories));
    runner.probe(workDirectory);
    return runner;
  }

  /**
   * Looks for bubblewrap.
   *
   * @param path directories separated by colons, as in PATH
   */
  public static Path find(String path) throws SandboxException {
    for (String directory : path.split(":", -1)) {
      Path candidate = Path.of(directory, "bwrap");
      if (Files.isExecutable(candidate)) {
        return candidate.toAbsolutePath();
      }
    }
    throw new SandboxException(
        "There is no program bwrap in PATH ("
            + path
            + "): install bubblewrap, or give the pool sandbox: {type: None}, which runs its"
            + " actions without isolation");
  }

  private static void checkRoot(Path root) throws SandboxException {
    for (String name : MOUNT_POINTS) {
      if (!Files.isDirectory(root.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        throw new SandboxException(
            "The sandbox's root directory %s has no directory %s, which is needed to mount on: make it, empty, or give the pool another sandbox.rootDirectory"
                .formatted(root, name));
      }
    }
  }

  private static List<String> commonArguments(Path root, List<Path> hiddenDirectories) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"));
    arguments.addAll(List.of("--unshare-net", "--die-with-parent", "--new-session"));
    arguments.addAll(List.of("--cap-drop", "ALL", "--hostname", "sparrow", "--clearenv"));
    arguments.addAll(List.of("--json-status-fd", Integer.toString(Spawn.STATUS_FD)));
    arguments.addAll(List.of("--ro-bind", root.toString(), "/"));
    for (Path hidden : hiddenDirectories) {
      if (hidden.startsWith(root) && !isCovered(root.relativize(hidden))) {
        arguments.addAll(tmpfs("/" + root.relativize(hidden), "0755", SMALL_TMPFS_BYTES));
      }
    }
    arguments.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    arguments.addAll(tmpfs("/tmp", "1777", TEMPORARY_BYTES));
    // Sockets of the host's services are in /run.
    arguments.addAll(tmpfs("/run", "0755", SMALL_TMPFS_BYTES));
    return List.copyOf(arguments);
  }

  private static boolean isCovered(Path path) {
    return MOUNT_POINTS.stream().anyMatch(path::startsWith);
  }

  private static List<String> tmpfs(String path, String mode, long sizeBytes) {
    return List.of("--perms", mode, "--size", Long.toString(sizeBytes), "--tmpfs", path);
  }

  private void probe(Path workDirectory) throws IOException {
    Path directory = Files.createTempDirectory(workDirectory, "probe");
    RunRequest request =
        new RunRequest(
            directory, "", List.of(PROBE_PROGRAM), Map.of(), PROBE_TIMEOUT, workDirectory);
    try (RunResult unexpected = start(request, new KillSwitch())) {
      throw unusable("no answer within " + PROBE_TIMEOUT + ", " + unexpected.ending());
    } catch (CommandNotStartedException e) {
      // As it must be.
    } catch (IOException e) {
      throw unusable(String.valueOf(e.getMessage()));
    } finally {
      Files.delete(directory);
    }
  }

  private static SandboxException unusable(String reason) {
    return new SandboxException(
        "bubblewrap cannot isolate actions here ("
            + reason
            + "). Allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 and"
            + " kernel.apparmor_restrict_unprivileged_userns=0; in a pod, hostUsers: false and"
            + " procMount: Unmasked. Or give the pool sandbox: {type: None}, which runs its actions"
            + " without isolation");
  }

  @Override
  public RunResult run(RunRequest request, KillSwitch killSwitch) throws IOException {
    try {
      return start(request, killSwitch);
    } catch (CommandNotStartedException e) {
      return RunResult.notStarted(e, request);
    }
  }

  private RunResult start(RunRequest request, KillSwitch killSwitch)
      throws IOException, CommandNotStartedException {
    Spawn spawn = new Spawn(bubblewrap, arguments(request), List.of(), null, true, false);
    return Supervision.run(
        request, killSwitch, spawn, monitor -> new Bubble(request, killSwitch, monitor));
  }

  private List<String> arguments(RunRequest request) {
    List<String> arguments = new ArrayList<>(commonArguments);
    String start =
        request.workingDirectory().isEmpty()
            ? ACTION_ROOT
            : ACTION_ROOT + "/" + request.workingDirectory();
    arguments.addAll(List.of("--bind", request.root().toString(), ACTION_ROOT));
    arguments.addAll(List.of("--chdir", start));
    request
        .environment()
        .forEach((name, value) -> arguments.addAll(List.of("--setenv", name, value)));
    arguments.add("--");
    arguments.addAll(request.arguments());
    return arguments;
  }
}
