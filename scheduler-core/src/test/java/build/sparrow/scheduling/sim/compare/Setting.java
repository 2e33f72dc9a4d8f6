package build.sparrow.scheduling.sim.compare;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A workload at a load, and what the table says of it.
 *
 * @param metrics columns of its rows
 */
record Setting(
    String name,
    Supplier<Workload> workload,
    Map<String, Policy.Maker> policies,
    List<Metric> metrics) {
  private Setting(String name, Supplier<Workload> workload, List<Metric> metrics) {
    this(name, workload, Policies.ALL, metrics);
  }

  static final List<Metric> WAITS =
      List.of(
          Metric.P50_WAIT_MS,
          Metric.P99_WAIT_MS,
          Metric.P99_SHORT_WAIT_MS,
          Metric.MESSAGES,
          Metric.REJECTS);

  static final List<Metric> RESPONSES =
      List.of(Metric.RESPONSE_MS, Metric.P99_WAIT_MS, Metric.MESSAGES, Metric.REJECTS);

  static final List<Metric> BUILDS = List.of(Metric.MAKESPAN, Metric.P99_WAIT_MS, Metric.MESSAGES);

  static final List<Metric> SLOWDOWNS =
      List.of(Metric.P50_SLOWDOWN, Metric.P99_SLOWDOWN, Metric.P99_WAIT_MS, Metric.KILLED);

  /** Spot nodes go, half of them within an hour. */
  static Setting preempted() {
    return new Setting(
        "W2 80 %, nodes go",
        () -> new BuildMix(Farm.alike(100, 4), 0.8, 120_000),
        Map.of(Policies.SPARROW, Shipped::preempted),
        List.of(Metric.WASTED, Metric.WASTED_OVER_LEAST, Metric.P99_WAIT_MS, Metric.ERRORS));
  }

  /** One of three frontends crashes. */
  static Setting losingAFrontend() {
    return new Setting(
        "W2 80 %, frontend crashes",
        () -> new BuildMix(Farm.alike(100, 4), 0.8, 40_000),
        Map.of(Policies.SPARROW, Shipped::losingAFrontend),
        List.of(Metric.RESTARTS, Metric.ERRORS, Metric.P99_WAIT_MS));
  }

  static Setting dagBuilds(boolean warm) {
    return new Setting(
        "W3 " + (warm ? "warm" : "cold"),
        () -> new DagBuilds(Farm.alike(10, 4), warm, new LayeredBuild()),
        BUILDS);
  }

  static Setting recordedBuilds(boolean warm) {
    return new Setting(
        "W4 " + (warm ? "warm" : "cold"),
        () -> new DagBuilds(Farm.alike(10, 4), warm, new RecordedBuild()),
        BUILDS);
  }

  static Setting editing() {
    return new Setting(
        "W5",
        () -> new Editing(Farm.alike(20, 4)),
        List.of(Metric.RESPONSE_MS, Metric.P99_RESPONSE_MS, Metric.WARM, Metric.MESSAGES));
  }

  static Setting skew() {
    return new Setting("W6 80 %", () -> new Skew(100, 4, 10_000), WAITS);
  }

  static Setting duplicateStorm() {
    return new Setting("W7", () -> new DuplicateStorm(Farm.alike(100, 4)), WAITS);
  }

  /** A tenant with another one that has queued more than can be run meanwhile, or alone. */
  static Setting flood(boolean flooded) {
    return new Setting(
        "W8 " + (flooded ? "flooded" : "alone"),
        () -> new Flood(Farm.alike(200, 4), 12_000, flooded ? 100_000 : 0),
        Policies.FOR_TENANTS,
        SLOWDOWNS);
  }

  static Setting paperJobs(int percent) {
    return new Setting(
        "W1 " + percent + " %",
        () -> new PaperJobs(Farm.alike(250, 4), percent / 100.0, 700),
        RESPONSES);
  }

  static Setting buildMix(int percent) {
    return new Setting(
        "W2 " + percent + " %",
        () -> new BuildMix(Farm.alike(100, 4), percent / 100.0, 40_000),
        WAITS);
  }
}
