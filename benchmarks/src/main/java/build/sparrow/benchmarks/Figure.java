package build.sparrow.benchmarks;

import java.util.Locale;

/** A figure that the project promises: what it is, its bound, and which side of it is good. */
enum Figure {
  COLD_OVER_LOCAL(
      "cold remote build / local build of the demo targets, same --jobs", Bound.AT_MOST, 1.35, "x"),
  CACHED_OVER_COLD("fully cached rebuild / cold remote build", Bound.AT_MOST, 0.30, "x"),
  NOOP_ACTIONS_PER_SECOND(
      "distinct no-op actions through the whole way with bubblewrap", Bound.AT_LEAST, 300, "/s"),
  NOOP_OVER_FLOOR("the same / as many sandboxes without a farm", Bound.AT_LEAST, 0.41, "x"),
  OVERHEAD_MILLIS("farm's own overhead of such an action, median", Bound.AT_MOST, 12, " ms"),
  FARM_PEAK_MEBIBYTES("peak memory of the farm under the demo", Bound.AT_MOST, 600, " MiB"),
  DECISIONS_FEW_EXECUTORS(
      "scheduler of one frontend, actions a second, 100 executors", Bound.AT_LEAST, 50_000, "/s"),
  DECISIONS_MANY_EXECUTORS("the same with 10,000 executors", Bound.AT_LEAST, 50_000, "/s"),
  DECISIONS_MANY_OVER_FEW("10,000 executors / 100 executors", Bound.AT_LEAST, 0.8, "x"),
  TEST_MINUTES("make test, toolchain root already there", Bound.AT_MOST, 10, " min");

  private enum Bound {
    AT_MOST("≤"),
    AT_LEAST("≥");

    private final String sign;

    Bound(String sign) {
      this.sign = sign;
    }
  }

  private final String meaning;
  private final Bound bound;
  private final double target;
  private final String unit;

  Figure(String meaning, Bound bound, double target, String unit) {
    this.meaning = meaning;
    this.bound = bound;
    this.target = target;
    this.unit = unit;
  }

  /** The name under which a measurement is written down, such as {@code cold_over_local}. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean holds(double measured) {
    return switch (bound) {
      case AT_MOST -> measured <= target;
      case AT_LEAST -> measured >= target;
    };
  }

  /** One line of the table: figure, measured, target, verdict. */
  String line(double measured) {
    return row(
        String.format(Locale.ROOT, "%.2f%s", measured, unit),
        holds(measured) ? "holds" : "falls short");
  }

  /** The line of a figure that this run did not measure. */
  String lineUnmeasured() {
    return row("-", "not measured");
  }

  private String row(String measured, String verdict) {
    String wanted = String.format(Locale.ROOT, "%s %.4g%s", bound.sign, target, unit);
    return String.format(Locale.ROOT, "%-66s %12s   %-12s %s", meaning, measured, wanted, verdict);
  }
}
