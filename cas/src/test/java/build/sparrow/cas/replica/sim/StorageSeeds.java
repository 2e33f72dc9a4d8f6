package build.sparrow.cas.replica.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs many seeds and says what came of them ({@code make sim-storage}). */
public final class StorageSeeds {
  private StorageSeeds() {}

  /**
   * Runs seeds that nobody has seen, or replays one.
   *
   * @param arguments how many seeds; or "replay" and the seed, to be replayed with its whole log
   */
  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    if (arguments.length == 2 && arguments[0].equals("replay")) {
      System.out.println(Simulation.run(Long.parseLong(arguments[1]), PlantedBug.NONE, true));
      return;
    }
    int seeds = arguments.length == 0 ? 1_000 : Integer.parseInt(arguments[0]);
    if (!allHold(System.currentTimeMillis(), seeds)) {
      System.exit(1);
    }
  }

  private static boolean allHold(long first, int seeds)
      throws InterruptedException, ExecutionException {
    long began = System.nanoTime();
    long events = 0;
    long faults = 0;
    long promises = 0;
    List<String> violations = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<Simulation.Outcome>> runs = new ArrayList<>();
      for (long seed = first; seed < first + seeds; seed++) {
        long ofRun = seed;
        runs.add(threads.submit(() -> Simulation.run(ofRun, PlantedBug.NONE, false)));
      }
      for (Future<Simulation.Outcome> run : runs) {
        try {
          Simulation.Outcome outcome = run.get();
          events += outcome.events();
          faults += outcome.faults();
          promises += outcome.acknowledged() + outcome.found();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof AssertionError violation)) {
            throw e;
          }
          violations.add(String.valueOf(violation.getMessage()));
        }
      }
    }
    violations.stream().limit(3).forEach(System.out::println);
    System.out.printf(
        Locale.ROOT,
        "%,d seeds from %d, %,d events, %,d faults, %,d promises, %d violations, %.0f s%n",
        seeds,
        first,
        events,
        faults,
        promises,
        violations.size(),
        (System.nanoTime() - began) / 1e9);
    return violations.isEmpty();
  }
}
