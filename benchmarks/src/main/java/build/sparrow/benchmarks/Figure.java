package build.sparrow.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A figure that the project promises: what it is, its bound, and which side of it is good. */
enum Figure {
  COLD_OVER_LOCAL(
      Suite.FARM,
      "cold remote build / local build of the demo targets, same --jobs",
      Bound.AT_MOST,
      1.35,
      "x"),
  CACHED_OVER_COLD(
      Suite.FARM, "fully cached rebuild / cold remote build", Bound.AT_MOST, 0.30, "x"),
  NOOP_ACTIONS_PER_SECOND(
      Suite.FARM,
      "distinct no-op actions through the whole way with bubblewrap",
      Bound.AT_LEAST,
      300,
      "/s"),
  NOOP_OVER_FLOOR(
      Suite.FARM, "the same / as many sandboxes without a farm", Bound.AT_LEAST, 0.41, "x"),
  OVERHEAD_MILLIS(
      Suite.FARM, "farm's own overhead of such an action, median", Bound.AT_MOST, 12, " ms"),
  FARM_PEAK_MEBIBYTES(
      Suite.FARM, "peak memory of the farm under the demo", Bound.AT_MOST, 600, " MiB"),
  TEST_MINUTES(Suite.FARM, "make test, toolchain root already there", Bound.AT_MOST, 10, " min"),

  ENTRIES_MILLIONS(Suite.STORAGE, "blobs in the store's index", Bound.AT_LEAST, 10, " M"),
  RESTART_SECONDS(Suite.STORAGE, "restart with so many", Bound.AT_MOST, 5, " s"),
  RESIDENT_MEBIBYTES(
      Suite.STORAGE,
      "peak memory of a process with them, heap up to 256 MiB",
      Bound.AT_MOST,
      700,
      " MiB"),
  FOUND_PER_CORE_MILLIONS(
      Suite.STORAGE,
      "FindMissing in the engine, digests a second and core, half present",
      Bound.AT_LEAST,
      3,
      " M/s"),
  WRITE_AMPLIFICATION(
      Suite.STORAGE, "bytes written / bytes stored, while it evicts", Bound.AT_MOST, 1.3, "x"),
  WRITE_P99_DRIFT(
      Suite.STORAGE,
      "99th percentile of writes, evicting / before it was full",
      Bound.AT_MOST,
      1.2,
      "x"),
  SMALL_UP_OVER_CASD(
      Suite.STORAGE, "blobs of 4 KiB up, ours / buildbox-casd", Bound.AT_LEAST, 4, "x"),
  SMALL_DOWN_OVER_CASD(Suite.STORAGE, "the same down", Bound.AT_LEAST, 3, "x"),
  FOUND_OVER_CASD(
      Suite.STORAGE, "FindMissingBlobs, half present, ours / casd", Bound.AT_LEAST, 10, "x"),
  LARGE_UP_OVER_CASD(Suite.STORAGE, "a large blob up, ours / casd", Bound.AT_LEAST, 0.8, "x"),
  LARGE_DOWN_OVER_CASD(Suite.STORAGE, "the same down", Bound.AT_LEAST, 0.8, "x"),
  LARGE_ZSTD_DOWN_OVER_CASD(
      Suite.STORAGE, "one that came as zstd down as zstd, ours / casd", Bound.AT_LEAST, 2, "x"),
  CACHED_RESULTS_PER_SECOND(
      Suite.STORAGE, "cached action results, checked, 64 at a time", Bound.AT_LEAST, 50_000, "/s");

  /** What is measured in one run. */
  enum Suite {
    FARM,
    STORAGE
  }

  private enum Bound {
    AT_MOST("≤"),
    AT_LEAST("≥");

    private final String sign;

    Bound(String sign) {
      this.sign = sign;
    }
  }

  private final Suite suite;
  private final String meaning;
  private final Bound bound;
  private final double target;
  private final String unit;

  Figure(Suite suite, String meaning, Bound bound, double target, String unit) {
    this.suite = suite;
    this.meaning = meaning;
    this.bound = bound;
    this.target = target;
    this.unit = unit;
  }

  static List<Figure> of(Suite suite) {
    return Arrays.stream(values()).filter(figure -> figure.suite == suite).toList();
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
