package build.sparrow.scheduling.sim;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Runs many seeds of faults and says what came of them ({@code make sim-faults}). */
public final class FaultSeeds {
  private FaultSeeds() {}

  private record Result(Simulation.@Nullable Outcome outcome, @Nullable String violation) {}

  /**
   * Runs seeds in each weather, or replays one.
   *
   * @param arguments how many seeds, that nobody has seen; or a weather, a seed and reductions, to
   *     be replayed with its whole log
   */
  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    if (arguments.length > 1) {
      Set<Reduction> reductions = EnumSet.noneOf(Reduction.class);
      List.of(arguments).subList(2, arguments.length).stream()
          .map(Reduction::valueOf)
          .forEach(reductions::add);
      System.out.println(
          Simulation.run(
              Weather.valueOf(arguments[0]),
              Long.parseLong(arguments[1]),
              PlantedBug.NONE,
              reductions,
              true));
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
    List<String> violations = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<Result>> runs = new ArrayList<>();
      for (long seed = first; seed < first + seeds; seed++) {
        // Most of them stormy: that is where most can go wrong.
        Weather weather =
            switch ((int) (seed % 6)) {
              case 0 -> Weather.CALM;
              case 2 -> Weather.LOSING_FRONTENDS;
              case 3 -> Weather.PREEMPTING;
              case 4 -> Weather.RACING;
              default -> Weather.STORMY;
            };
        long ofRun = seed;
        runs.add(threads.submit(() -> one(weather, ofRun)));
      }
      for (Future<Result> run : runs) {
        Result result = run.get();
        if (result.outcome() != null) {
          events += result.outcome().events();
          faults += result.outcome().faults();
        }
        if (result.violation() != null) {
          violations.add(result.violation());
        }
      }
    }
    violations.forEach(System.out::println);
    System.out.printf(
        Locale.ROOT,
        "%,d seeds from %d, %,d events, %,d faults, %d violations, %.0f s%n",
        seeds,
        first,
        events,
        faults,
        violations.size(),
        (System.nanoTime() - began) / 1e9);
    return violations.isEmpty();
  }

  private static Result one(Weather weather, long seed) {
    try {
      return new Result(Simulation.run(weather, seed, PlantedBug.NONE, Set.of(), false), null);
    } catch (AssertionError violation) {
      return new Result(null, shrunk(weather, seed, PlantedBug.NONE, violation));
    }
  }

  /** The violation with as little around it as still violates. */
  static String shrunk(Weather weather, long seed, PlantedBug bug, AssertionError first) {
    Set<Reduction> kept = EnumSet.noneOf(Reduction.class);
    AssertionError smallest = first;
    for (Reduction reduction : Reduction.values()) {
      Set<Reduction> tried = EnumSet.of(reduction);
      tried.addAll(kept);
      try {
        Simulation.run(weather, seed, bug, tried, false);
      } catch (AssertionError violation) {
        kept = tried;
        smallest = violation;
      }
    }
    return String.valueOf(smallest.getMessage());
  }
}
