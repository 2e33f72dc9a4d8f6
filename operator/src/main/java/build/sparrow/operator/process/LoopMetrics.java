package build.sparrow.operator.process;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts what the loop does, by controller: a label for each resource would grow without bound. */
final class LoopMetrics implements Metrics {
  private static final String LABEL = "controller";

  private static final Counter EVENTS =
      Counter.build("sparrow_operator_events_total", "Events that asked for a round")
          .labelNames(LABEL)
          .register();
  private static final Counter ROUNDS =
      Counter.build("sparrow_operator_reconciliations_total", "Rounds that have ended")
          .labelNames(LABEL, "outcome")
          .register();
  private static final Counter RETRIES =
      Counter.build("sparrow_operator_retries_total", "Rounds that repeat one that failed")
          .labelNames(LABEL)
          .register();
  private static final Gauge ACTIVE =
      Gauge.build("sparrow_operator_reconciliations_active", "Rounds under way")
          .labelNames(LABEL)
          .register();
  private static final Histogram DURATION =
      Histogram.build("sparrow_operator_reconciliation_seconds", "Duration of a round")
          .labelNames(LABEL)
          .buckets(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
          .register();
  private static final Gauge LEADING =
      Gauge.build("sparrow_operator_leading", "1 while this process is the one that works")
          .register();

  private final Consumer<Watchdog.Watched> ended;

  /** Takes whom to tell of each round that has ended. */
  LoopMetrics(Consumer<Watchdog.Watched> ended) {
    this.ended = ended;
  }

  static void leading(boolean leading) {
    LEADING.set(leading ? 1 : 0);
  }

  private static String controller(Map<String, Object> metadata) {
    return String.valueOf(metadata.getOrDefault(Constants.CONTROLLER_NAME, "unknown"));
  }

  @Override
  public void receivedEvent(Event event, Map<String, Object> metadata) {
    EVENTS.labels(controller(metadata)).inc();
  }

  @Override
  public void reconcileCustomResource(
      HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> metadata) {
    if (retry != null && retry.getAttemptCount() > 0) {
      RETRIES.labels(controller(metadata)).inc();
    }
  }

  @Override
  public void reconciliationExecutionStarted(HasMetadata resource, Map<String, Object> metadata) {
    ACTIVE.labels(controller(metadata)).inc();
  }

  @Override
  public void reconciliationExecutionFinished(HasMetadata resource, Map<String, Object> metadata) {
    String controller = controller(metadata);
    ACTIVE.labels(controller).dec();
    ended.accept(
        new Watchdog.Watched(
            controller, resource.getMetadata().getNamespace(), resource.getMetadata().getName()));
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    String controller = execution.controllerName();
    Histogram.Timer timer = DURATION.labels(controller).startTimer();
    try {
      T result = execution.execute();
      ROUNDS.labels(controller, "success").inc();
      return result;
    } catch (Exception e) {
      ROUNDS.labels(controller, "failure").inc();
      throw e;
    } finally {
      timer.close();
    }
  }
}
