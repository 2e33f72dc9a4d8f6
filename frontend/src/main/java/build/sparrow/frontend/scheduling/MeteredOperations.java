package build.sparrow.frontend.scheduling;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LabelDifference;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import com.google.rpc.Code;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts operations by how they end, and measures how long they wait and run. */
public final class MeteredOperations implements OperationListener {
  private static final double[] SECONDS_BUCKETS = {
    .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600
  };
  private static final Histogram QUEUE_WAIT =
      Histogram.build(
              "sparrow_scheduler_queue_wait_seconds",
              "Time from admission of an action to its launch on an executor")
          .buckets(SECONDS_BUCKETS)
          .register();
  private static final Histogram RUN =
      Histogram.build(
              "sparrow_scheduler_run_seconds",
              "Time from the launch of an action on an executor to its end, inputs and outputs"
                  + " included")
          .buckets(SECONDS_BUCKETS)
          .register();
  private static final Counter REQUEUES =
      Counter.build(
              "sparrow_scheduler_requeues",
              "Attempts that were lost, handed back or stopped for another tenant, and begun anew")
          .register();
  private static final Counter OPERATIONS =
      Counter.build("sparrow_frontend_operations", "Operations that ended, by how they did")
          .labelNames("outcome")
          .register();
  private static final Counter REFUSALS =
      Counter.build("sparrow_frontend_refusals", "Actions that were not taken in, by reason")
          .labelNames("reason")
          .register();

  private final OperationListener base;
  private final LongSupplier nanoTime;
  private final Map<OperationId, Long> sinceNanos = new HashMap<>();

  public MeteredOperations(OperationListener base, LongSupplier nanoTime) {
    this.base = base;
    this.nanoTime = nanoTime;
  }

  @Override
  public void opened(OperationId operation, OperationFacts facts) {
    sinceNanos.put(operation, nanoTime.getAsLong());
    base.opened(operation, facts);
  }

  @Override
  public void following(
      WatcherId watcher, OperationId operation, Stage stage, @Nullable ExecutorId executor) {
    base.following(watcher, operation, stage, executor);
  }

  @Override
  public void unknown(WatcherId watcher) {
    base.unknown(watcher);
  }

  @Override
  public void unsatisfiable(
      WatcherId watcher,
      Platform wanted,
      @Nullable String nearestPool,
      List<LabelDifference> differences) {
    REFUSALS.labels("platform").inc();
    base.unsatisfiable(watcher, wanted, nearestPool, differences);
  }

  @Override
  public void shed(WatcherId watcher, int queuedActions, int maxQueuedActions) {
    REFUSALS.labels("queue_full").inc();
    base.shed(watcher, queuedActions, maxQueuedActions);
  }

  @Override
  public void stageChanged(OperationId operation, Stage stage, @Nullable ExecutorId executor) {
    Long since = sinceNanos.put(operation, nanoTime.getAsLong());
    switch (stage) {
      case EXECUTING -> observe(QUEUE_WAIT, since);
      case QUEUED -> REQUEUES.inc();
      case COMPLETED -> {}
    }
    base.stageChanged(operation, stage, executor);
  }

  @Override
  public void ended(OperationId operation, ExecuteResponse response) {
    Long since = sinceNanos.remove(operation);
    if (!response.getCachedResult()) {
      observe(RUN, since);
    }
    OPERATIONS.labels(outcome(response)).inc();
    base.ended(operation, response);
  }

  private void observe(Histogram histogram, @Nullable Long since) {
    if (since != null) {
      histogram.observe((nanoTime.getAsLong() - since) / 1e9);
    }
  }

  /** Few and bounded: the names of gRPC's codes, and three for what came to a result. */
  private static String outcome(ExecuteResponse response) {
    if (response.getCachedResult()) {
      return "cached_meanwhile";
    }
    Code code = Code.forNumber(response.getStatus().getCode());
    if (code == Code.OK) {
      return response.getResult().getExitCode() == 0 ? "succeeded" : "nonzero_exit";
    }
    return code == null ? "unknown" : code.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void forgotten(OperationId operation) {
    sinceNanos.remove(operation);
    base.forgotten(operation);
  }
}
