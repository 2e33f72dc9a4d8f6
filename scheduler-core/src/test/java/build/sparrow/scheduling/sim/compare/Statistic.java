package build.sparrow.scheduling.sim.compare;

import java.util.Arrays;

/** Values of one thing over all seeds: their median, and how sure it is. */
record Statistic(double median, double low, double high) {
  /** The median with an interval that holds the true one with at least 95 %, from order alone. */
  static Statistic of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int count = sorted.length;
    // The chance that fewer than `cut` of the values lie below the true median, twice.
    int cut = 0;
    double tail = Math.pow(0.5, count);
    double term = tail;
    while (2 * tail <= 0.05 && cut < count / 2) {
      cut++;
      term = term * (count - cut + 1) / cut;
      tail += term;
    }
    int outer = Math.max(0, cut - 1);
    double middle = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    return new Statistic(middle, sorted[outer], sorted[count - 1 - outer]);
  }

  /** The value below which this share of them lies; of an empty list 0. */
  static double percentile(double[] sorted, double share) {
    return sorted.length == 0
        ? 0
        : sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))];
  }

  @Override
  public String toString() {
    return "%s (%s..%s)".formatted(shortly(median), shortly(low), shortly(high));
  }

  private static String shortly(double value) {
    return value >= 100 ? "%.0f".formatted(value) : "%.3g".formatted(value);
  }
}
