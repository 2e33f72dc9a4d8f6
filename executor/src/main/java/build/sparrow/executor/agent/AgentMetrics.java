package build.sparrow.executor.agent;

import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.Phase;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.Locale;

/** What the executors of this process do. */
final class AgentMetrics {
  private static final Histogram PHASE_SECONDS =
      Histogram.build(
              "sparrow_executor_phase_seconds",
              "Time that attempts spend fetching inputs, executing and uploading outputs.")
          .labelNames("phase")
          .buckets(.001, .003, .01, .03, .1, .3, 1, 3, 10, 30, 100, 300, 1000)
          .register();

  private static final Counter ATTEMPTS =
      Counter.build("sparrow_executor_attempts", "Attempts that ended, by their ending.")
          .labelNames("ending")
          .register();

  static final Counter UPLOADED_BYTES =
      Counter.build("sparrow_executor_uploaded_bytes", "Bytes of outputs sent to the store.")
          .register();

  static final Gauge RUNNING =
      Gauge.build("sparrow_executor_running_attempts", "Attempts that hold a slot thread now.")
          .register();

  private AgentMetrics() {}

  static Histogram.Timer timed(Phase phase) {
    return PHASE_SECONDS.labels(phase.name().toLowerCase(Locale.ROOT)).startTimer();
  }

  static void ended(Ending ending) {
    ATTEMPTS.labels(ending.name().toLowerCase(Locale.ROOT)).inc();
  }
}
