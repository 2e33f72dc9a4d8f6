package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.cas.BlobScope;
import build.sparrow.frontend.scheduling.OperationFacts;
import build.sparrow.frontend.scheduling.OperationListener;
import build.sparrow.frontend.scheduling.SchedulerLoop;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LabelDifference;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who follows which operation, and what each of them hears: every stage, a sign of life when
 * nothing happens, the end. For the loop's thread only; nothing here blocks.
 */
public final class Watchers implements OperationListener, SchedulerLoop.Timer {
  private final OperationTable table = new OperationTable();

  /** Those who follow an operation, by number; the one that heard of it longest ago comes first. */
  private final Map<WatcherId, Watcher> following = new LinkedHashMap<>();

  /** Those for whom the scheduler has not answered yet. */
  private final Map<WatcherId, Watcher> arriving = new LinkedHashMap<>();

  private final InlineOutputs inlineOutputs;
  private final Executor deliveries;
  private final LongSupplier nanoTime;
  private final InstantSource wallClock;
  private final long progressNanos;
  private boolean dismissed;

  /**
   * Takes what is needed to tell watchers the news.
   *
   * @param deliveries runs what may block
   * @param progressInterval the longest that a watcher hears nothing
   */
  public Watchers(
      InlineOutputs inlineOutputs,
      Executor deliveries,
      LongSupplier nanoTime,
      InstantSource wallClock,
      Duration progressInterval) {
    this.inlineOutputs = inlineOutputs;
    this.deliveries = deliveries;
    this.nanoTime = nanoTime;
    this.wallClock = wallClock;
    this.progressNanos = progressInterval.toNanos();
  }

  OperationTable table() {
    return table;
  }

  /** How many calls follow an operation. */
  public int count() {
    return following.size();
  }

  /** Announces a watcher, about whom the scheduler is asked next. */
  void arrive(Watcher watcher) {
    if (dismissed) {
      watcher.sink().fail(stopping());
    } else {
      arriving.put(watcher.id(), watcher);
    }
  }

  /** Forgets a watcher that has gone; false if nothing was known of it any more. */
  boolean leave(WatcherId id) {
    Watcher watcher = following.remove(id);
    if (watcher == null) {
      return arriving.remove(id) != null;
    }
    TrackedOperation operation = watcher.operation();
    if (operation != null) {
      operation.watchers().remove(id);
    }
    return true;
  }

  /** Tells everybody, and whoever comes later, that they hear no more from here. */
  public void dismissAll() {
    dismissed = true;
    following.values().forEach(watcher -> watcher.sink().fail(stopping()));
    following.clear();
    arriving.clear();
  }

  private static StatusRuntimeException stopping() {
    return ReapiStatus.unavailable("the frontend is stopping; ask again");
  }

  @Override
  public void opened(OperationId operation, OperationFacts facts) {
    table.add(new TrackedOperation(operation, facts));
  }

  @Override
  public void following(
      WatcherId id, OperationId operationId, Stage stage, @Nullable ExecutorId executor) {
    Watcher watcher = arriving.remove(id);
    if (watcher == null) {
      return;
    }
    TrackedOperation operation = table.find(operationId);
    if (operation == null) {
      watcher.sink().fail(unknown(watcher.name()));
      return;
    }
    table.nameAlso(operation, watcher.name(), watcher.invocation());
    watcher.follow(operation);
    ExecuteResponse ending = operation.ending();
    if (ending != null) {
      deliver(watcher, operation, ending);
      return;
    }
    operation.moveTo(stage, executor, now());
    operation.watchers().put(id, watcher);
    following.put(id, watcher);
    tell(watcher, operation);
  }

  @Override
  public void unknown(WatcherId id) {
    Watcher watcher = arriving.remove(id);
    if (watcher != null) {
      watcher.sink().fail(unknown(watcher.name()));
    }
  }

  static StatusRuntimeException unknown(String name) {
    return ReapiStatus.notFound(
        "operation %s is not known here, or has ended more than a minute ago; execute the action again"
            .formatted(ReapiStatus.quote(name)));
  }

  @Override
  public void unsatisfiable(
      WatcherId id,
      Platform wanted,
      @Nullable String nearestPool,
      List<LabelDifference> differences) {
    refuse(id, Unsatisfiable.explain(wanted, nearestPool, differences));
  }

  @Override
  public void shed(WatcherId id, int queuedActions, int maxQueuedActions) {
    refuse(
        id,
        ReapiStatus.resourceExhausted(
            "%d actions are queued, at most %d may (maxQueuedActions); try again when the farm has caught up"
                .formatted(queuedActions, maxQueuedActions)));
  }

  private void refuse(WatcherId id, StatusRuntimeException why) {
    Watcher watcher = arriving.remove(id);
    if (watcher != null) {
      watcher.sink().fail(why);
    }
  }

  @Override
  public void stageChanged(OperationId id, Stage stage, @Nullable ExecutorId executor) {
    TrackedOperation operation = table.find(id);
    if (operation != null) {
      operation.moveTo(stage, executor, now());
      operation.watchers().values().forEach(watcher -> tell(watcher, operation));
    }
  }

  @Override
  public void ended(OperationId id, ExecuteResponse response) {
    TrackedOperation operation = table.find(id);
    if (operation == null) {
      return;
    }
    operation.end(response);
    for (Watcher watcher : operation.watchers().values()) {
      following.remove(watcher.id());
      deliver(watcher, operation, response);
    }
    operation.watchers().clear();
    table.retain(operation, response);
  }

  /** Ends one name of an operation that others follow under other names. */
  void endName(TrackedOperation operation, String name, ExecuteResponse response) {
    table.endName(name, response);
    for (Watcher watcher : List.copyOf(operation.watchers().values())) {
      if (watcher.name().equals(name)) {
        leave(watcher.id());
        deliver(watcher, operation, response);
      }
    }
  }

  private void deliver(Watcher watcher, TrackedOperation operation, ExecuteResponse response) {
    var key = operation.facts().key();
    if (InlineOutputs.lacks(response.getResult(), watcher.wishes())) {
      deliveries.execute(
          () -> {
            var filled =
                inlineOutputs.fill(BlobScope.of(key), response.getResult(), watcher.wishes());
            var complete = response.toBuilder().setResult(filled).build();
            watcher.sink().finish(OperationMessages.finished(watcher.name(), key, complete));
          });
    } else {
      watcher.sink().finish(OperationMessages.finished(watcher.name(), key, response));
    }
  }

  @Override
  public void forgotten(OperationId id) {
    TrackedOperation operation = table.find(id);
    if (operation != null) {
      table.remove(operation);
    }
  }

  private void tell(Watcher watcher, TrackedOperation operation) {
    watcher.sink().update(operation.message(watcher.name()));
    watcher.told(nanoTime.getAsLong());
    following.remove(watcher.id());
    following.put(watcher.id(), watcher);
  }

  @Override
  public OptionalLong nextNanos() {
    var first = following.values().iterator();
    return first.hasNext()
        ? OptionalLong.of(first.next().toldNanos() + progressNanos)
        : OptionalLong.empty();
  }

  /** Tells all who have heard nothing for the interval that their operation is alive. */
  @Override
  public void tick() {
    long now = nanoTime.getAsLong();
    while (!following.isEmpty()) {
      Watcher watcher = following.values().iterator().next();
      TrackedOperation operation = watcher.operation();
      if (operation == null || watcher.toldNanos() + progressNanos - now > 0) {
        return;
      }
      tell(watcher, operation);
    }
  }

  private Timestamp now() {
    return Timestamps.fromMillis(wallClock.millis());
  }
}
