package build.sparrow.scheduling.sim.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Runs every policy on the same work from the same seeds, prints one table, then a line for each
 * figure that was promised: what was measured, the target, and whether it holds.
 */
public final class Comparison {
  private Comparison() {}

  /**
   * Runs the comparison.
   *
   * @param arguments how many seeds, 10 if there is none; then parts of the names of the settings
   *     to run, all if there is none
   */
  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    int seeds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
    List<String> wanted =
        List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    List<Setting> settings =
        Figures.settings().stream()
            .filter(each -> wanted.isEmpty() || wanted.stream().anyMatch(each.name()::contains))
            .toList();
    long began = System.nanoTime();
    Results results = run(settings, seeds);
    System.out.printf(
        Locale.ROOT,
        "%d seeds, %.0f s; medians with 95 %% intervals; three frontends, 0.5 ms a hop%n",
        seeds,
        (System.nanoTime() - began) / 1e9);
    for (Setting setting : settings) {
      print(setting, results);
    }
    System.out.println();
    Figures.print(results);
  }

  private static Results run(List<Setting> settings, int seeds)
      throws InterruptedException, ExecutionException {
    Results results = new Results();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<?>> runs = new ArrayList<>();
      for (Setting setting : settings) {
        for (long seed = 1; seed <= seeds; seed++) {
          long ofRun = seed;
          setting
              .policies()
              .forEach(
                  (name, maker) ->
                      runs.add(
                          threads.submit(
                              () ->
                                  results.add(
                                      setting,
                                      name,
                                      ofRun,
                                      Run.of(setting.workload().get(), maker, ofRun)))));
        }
      }
      for (Future<?> each : runs) {
        each.get();
      }
    }
    return results;
  }

  private static void print(Setting setting, Results results) {
    System.out.printf(
        Locale.ROOT,
        "%n%-20s %s%n",
        setting.name(),
        setting.metrics().stream()
            .map(metric -> "%26s".formatted(metric.title))
            .collect(Collectors.joining()));
    for (String policy : setting.policies().keySet()) {
      System.out.printf(
          Locale.ROOT,
          "%-20s %s%n",
          policy,
          setting.metrics().stream()
              .map(metric -> "%26s".formatted(results.of(setting.name(), policy, metric)))
              .collect(Collectors.joining()));
    }
  }
}
