package build.sparrow.scheduling.sim.compare;

import java.util.List;
import java.util.function.Supplier;

/**
 * A workload at a load, and what the table says of it.
 *
 * @param metrics columns of its rows
 */
record Setting(String name, Supplier<Workload> workload, List<Metric> metrics) {
  static final List<Metric> WAITS =
      List.of(
          Metric.P50_WAIT_MS,
          Metric.P99_WAIT_MS,
          Metric.P99_SHORT_WAIT_MS,
          Metric.MESSAGES,
          Metric.REJECTS);

  static final List<Metric> RESPONSES =
      List.of(Metric.RESPONSE_MS, Metric.P99_WAIT_MS, Metric.MESSAGES, Metric.REJECTS);

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
