package build.sparrow.scheduling.sim.compare;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** What is measured of a run. */
enum Metric {
  P50_WAIT_MS("p50 wait ms"),
  P99_WAIT_MS("p99 wait ms"),
  P99_SHORT_WAIT_MS("p99 wait of < 0.5 s, ms"),
  RESPONSE_MS("mean job response ms"),
  P99_RESPONSE_MS("p99 job response ms"),
  P50_SLOWDOWN("p50 slowdown"),
  P99_SLOWDOWN("p99 slowdown"),
  KILLED("killed work s"),
  MAKESPAN("makespan / lower bound"),
  WARM("warm starts"),
  MESSAGES("messages/action"),
  REJECTS("rejects/action"),
  WASTED("wasted / useful work"),
  WASTED_OVER_LEAST("wasted / least waste"),
  RESTARTS("actions begun again"),
  ERRORS("errors at clients");

  final String title;

  Metric(String title) {
    this.title = title;
  }

  double of(Run run) {
    return switch (this) {
      case P50_WAIT_MS -> 1e3 * Statistic.percentile(run.of(Task::waitSeconds), 0.5);
      case P99_WAIT_MS -> 1e3 * Statistic.percentile(run.of(Task::waitSeconds), 0.99);
      case P99_SHORT_WAIT_MS -> shortWait(run);
      case RESPONSE_MS -> DoubleStream.of(responses(run)).average().orElse(0);
      case P99_RESPONSE_MS -> Statistic.percentile(responses(run), 0.99);
      case P50_SLOWDOWN -> Statistic.percentile(run.of(Task::slowdown), 0.5);
      case KILLED -> run.policy().killedNanos() / 1e9;
      case MAKESPAN -> makespanSeconds(run) / run.workload().leastSeconds();
      case P99_SLOWDOWN -> Statistic.percentile(run.of(Task::slowdown), 0.99);
      case WARM -> run.measured().stream().mapToInt(task -> task.warm ? 1 : 0).average().orElse(0);
      case MESSAGES -> run.messagesPerTask();
      case REJECTS ->
          ofShipped(run, farm -> (double) farm.rejects / Math.max(1, farm.offers - farm.rejects));
      case WASTED -> ofShipped(run, farm -> (double) farm.wastedNanos / farm.usefulNanos);
      case WASTED_OVER_LEAST ->
          ofShipped(run, farm -> (double) farm.wastedNanos / farm.leastWastedNanos);
      case RESTARTS -> run.restarts();
      case ERRORS -> ofShipped(run, farm -> farm.errors);
    };
  }

  /** Nobody else has offers that find no room, or meets faults. */
  private static double ofShipped(Run run, ToDoubleFunction<Shipped> value) {
    return run.policy() instanceof Shipped shipped ? value.applyAsDouble(shipped) : 0;
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

  /** Of each job, from its submission to the end of its last task, in milliseconds, sorted. */
  private static double[] responses(Run run) {
    Map<Integer, Long> begins = new HashMap<>();
    Map<Integer, Long> ends = new HashMap<>();
    for (Task task : run.measured()) {
      begins.merge(task.facts.job(), task.submittedNanos, Math::min);
      ends.merge(task.facts.job(), task.finishedNanos, Math::max);
    }
    return ends.keySet().stream()
        .mapToDouble(job -> (ends.getOrDefault(job, 0L) - begins.getOrDefault(job, 0L)) / 1e6)
        .sorted()
        .toArray();
  }
}
