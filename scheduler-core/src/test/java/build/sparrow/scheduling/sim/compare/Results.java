package build.sparrow.scheduling.sim.compare;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** All that was measured: by setting, policy and seed. */
final class Results {
  private record Cell(String setting, String policy) {}

  private final Map<Cell, TreeMap<Long, Map<Metric, Double>>> cells = new ConcurrentHashMap<>();

  /** May be called by several threads for different runs. */
  void add(Setting setting, String policy, long seed, Run run) {
    Map<Metric, Double> values = new EnumMap<>(Metric.class);
    for (Metric metric : setting.metrics()) {
      values.put(metric, metric.of(run));
    }
    TreeMap<Long, Map<Metric, Double>> cell =
        cells.computeIfAbsent(new Cell(setting.name(), policy), _ -> new TreeMap<>());
    synchronized (cell) {
      cell.put(seed, values);
    }
  }

  boolean has(String setting, String policy) {
    return cells.containsKey(new Cell(setting, policy));
  }

  private double[] values(String setting, String policy, Metric metric) {
    return Objects.requireNonNull(cells.get(new Cell(setting, policy)), setting + " " + policy)
        .values()
        .stream()
        .mapToDouble(values -> values.getOrDefault(metric, 0.0))
        .toArray();
  }

  Statistic of(String setting, String policy, Metric metric) {
    return Statistic.of(values(setting, policy, metric));
  }

  /** Seed by seed, so that a hard seed is hard for both. */
  Statistic ratio(String setting, Metric metric, String policy, String other) {
    return ratio(values(setting, policy, metric), values(setting, other, metric));
  }

  /** Of the same policy in two settings. */
  Statistic ratio(Metric metric, String policy, String setting, String other) {
    return ratio(values(setting, policy, metric), values(other, policy, metric));
  }

  private static Statistic ratio(double[] above, double[] below) {
    double[] ratios = new double[above.length];
    for (int seed = 0; seed < ratios.length; seed++) {
      // A wait below a network round trip is none: nobody but the omniscient has less.
      ratios[seed] = above[seed] / Math.max(below[seed], 1);
    }
    return Statistic.of(ratios);
  }
}
