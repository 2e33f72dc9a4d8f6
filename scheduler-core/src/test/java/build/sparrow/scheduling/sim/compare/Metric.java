package build.sparrow.scheduling.sim.compare;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is measured of a run. */
enum Metric {
  P50_WAIT_MS("p50 wait ms"),
  P99_WAIT_MS("p99 wait ms"),
  P99_SHORT_WAIT_MS("p99 wait of < 0.5 s, ms"),
  RESPONSE_MS("mean job response ms"),
  P50_SLOWDOWN("p50 slowdown"),
  P99_SLOWDOWN("p99 slowdown"),
  MAKESPAN("makespan / lower bound"),
  MESSAGES("messages/action"),
  REJECTS("rejects/action");

  final String title;

  Metric(String title) {
    this.title = title;
  }

  double of(Run run) {
    return switch (this) {
      case P50_WAIT_MS -> 1e3 * Statistic.percentile(run.of(Task::waitSeconds), 0.5);
      case P99_WAIT_MS -> 1e3 * Statistic.percentile(run.of(Task::waitSeconds), 0.99);
      case P99_SHORT_WAIT_MS -> shortWait(run);
      case RESPONSE_MS -> response(run);
      case P50_SLOWDOWN -> Statistic.percentile(run.of(Task::slowdown), 0.5);
      case MAKESPAN -> makespanSeconds(run) / run.workload().leastSeconds();
      case P99_SLOWDOWN -> Statistic.percentile(run.of(Task::slowdown), 0.99);
      case MESSAGES -> run.messagesPerTask();
      case REJECTS -> rejects(run);
    };
  }

  /** Offers that found no room, for each that did; only the shipped scheduler has any. */
  private static double rejects(Run run) {
    return run.policy() instanceof Shipped shipped
        ? (double) shipped.rejects / Math.max(1, shipped.offers - shipped.rejects)
        : 0;
  }

  private static double makespanSeconds(Run run) {
    List<Task> tasks = run.measured();
    long begin = tasks.stream().mapToLong(task -> task.submittedNanos).min().orElse(0);
    long end = tasks.stream().mapToLong(task -> task.finishedNanos).max().orElse(0);
    return (end - begin) / 1e9;
  }

  private static double shortWait(Run run) {
    double[] waits =
        run.measured().stream()
            .filter(task -> task.durationSeconds() < 0.5)
            .mapToDouble(Task::waitSeconds)
            .sorted()
            .toArray();
    return 1e3 * Statistic.percentile(waits, 0.99);
  }

  /** From a job's submission to the end of its last task; 0 where only starts are awaited. */
  private static double response(Run run) {
    Map<Integer, Long> begins = new HashMap<>();
    Map<Integer, Long> ends = new HashMap<>();
    for (Task task : run.measured()) {
      if (task.finishedNanos < 0) {
        return 0;
      }
      begins.merge(task.facts.job(), task.submittedNanos, Math::min);
      ends.merge(task.facts.job(), task.finishedNanos, Math::max);
    }
    double sum = 0;
    for (Map.Entry<Integer, Long> end : ends.entrySet()) {
      sum += end.getValue() - begins.getOrDefault(end.getKey(), 0L);
    }
    return sum / Math.max(1, ends.size()) / 1e6;
  }
}
