package build.sparrow.benchmarks;

import build.sparrow.executor.sandbox.BubblewrapRunner;
import build.sparrow.executor.sandbox.KillSwitch;
import build.sparrow.executor.sandbox.RunRequest;
import build.sparrow.executor.sandbox.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs {@code /bin/true} in the executor's bubblewrap with no farm around it, and prints how many a
 * second this machine can: the floor under every action that has a sandbox of its own.
 *
 * <p>Arguments: a directory to work in, and how many to time.
 */
public final class SandboxFloor {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final BubblewrapRunner runner;
  private final Path directory;

  private SandboxFloor(BubblewrapRunner runner, Path directory) {
    this.runner = runner;
    this.directory = directory;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createDirectories(Path.of(arguments[0])).toRealPath();
    int count = Integer.parseInt(arguments[1]);
    BubblewrapRunner runner =
        BubblewrapRunner.create(
            BubblewrapRunner.find(System.getenv().getOrDefault("PATH", "/usr/bin:/bin")),
            Path.of("/"),
            List.of(directory),
            directory);
    SandboxFloor floor = new SandboxFloor(runner, directory);
    floor.perSecond(count);
    System.out.printf(Locale.ROOT, "floor_per_second=%.1f%n", floor.perSecond(count));
  }

  private double perSecond(int count) throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    // Platform threads that stay: a sandbox dies with the thread that started it.
    try (ExecutorService starters = Executors.newFixedThreadPool(threads)) {
      long start = System.nanoTime();
      List<Future<Integer>> parts = new ArrayList<>();
      for (int part = 0; part < threads; part++) {
        int share = count / threads + (part < count % threads ? 1 : 0);
        parts.add(starters.submit(() -> runInTurn(share)));
      }
      int done = 0;
      for (Future<Integer> part : parts) {
        done += part.get();
      }
      return done * 1e9 / (System.nanoTime() - start);
    }
  }

  private int runInTurn(int count) throws IOException {
    Path root = Files.createTempDirectory(directory, "root");
    RunRequest request =
        new RunRequest(root, "", List.of("/bin/true"), Map.of(), TIMEOUT, directory);
    for (int i = 0; i < count; i++) {
      try (RunResult result = runner.run(request, new KillSwitch())) {
        if (!result.ending().equals(new RunResult.Exited(0))) {
          throw new IllegalStateException("/bin/true did not succeed: " + result.ending());
        }
      }
    }
    return count;
  }
}
