package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.WatcherId;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One action on its way: what is asked, who waits for it, where it is, what was lost so far. */
final class Operation {
  /** First by priority, then by age; a lost operation keeps its age, so it returns to the head. */
  static final Comparator<Operation> QUEUE_ORDER =
      Comparator.<Operation>comparingInt(operation -> operation.priority)
          .thenComparingLong(operation -> operation.sequence);

  final OperationId id;
  final ActionId action;
  final Platform platform;
  final boolean mergeable;
  final long sequence;
  final long queuedNanos;
  final Set<WatcherId> watchers = new LinkedHashSet<>();

  /** Attempts given up for lost; a late result of one of them still counts. */
  final Set<AttemptId> fenced = new LinkedHashSet<>();

  /** Executors that failed under it and should not get it again while there are others. */
  final Set<ExecutorId> avoided = new HashSet<>();

  int priority;
  OperationState state = new OperationState.Queued();
  LossLedger losses = LossLedger.NONE;
  int attempts;

  /** So many executors died under it that the next one gets nothing beside it. */
  boolean mustRunAlone;

  /** A former owner began it; who asked for it may come back. */
  boolean adopted;

  /** Without watchers it lives until then. */
  long keepUntilNanos;

  Alarms.@Nullable Alarm abandonment;

  Operation(
      OperationId id,
      ActionId action,
      Platform platform,
      int priority,
      boolean mergeable,
      long sequence,
      long queuedNanos) {
    this.id = id;
    this.action = action;
    this.platform = platform;
    this.priority = priority;
    this.mergeable = mergeable;
    this.sequence = sequence;
    this.queuedNanos = queuedNanos;
  }

  boolean finished() {
    return state instanceof OperationState.Finished;
  }

  /** Whether a result is here, written already or not. */
  boolean hasResult() {
    return state instanceof OperationState.Concluding || finished();
  }

  /** The executor that runs it or ran it last, as clients may see it. */
  @Nullable ExecutorId visibleExecutor() {
    return switch (state) {
      case OperationState.Running running -> running.executor().id;
      case OperationState.Concluding concluding -> concluding.executor().id;
      case OperationState.Queued _, OperationState.Offered _, OperationState.Finished _ -> null;
    };
  }
}
