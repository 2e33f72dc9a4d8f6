package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.Rendezvous;
import build.sparrow.scheduling.WatcherId;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One action on its way: what is asked, who waits for it, where it is, what was lost so far. */
final class Operation {
  /** By virtual deadline alone. */
  static final Comparator<Operation> DUE_ORDER =
      Comparator.<Operation>comparingLong(operation -> operation.dueNanos)
          .thenComparingLong(operation -> operation.sequence);

  /**
   * Within an invocation: by priority, then by virtual deadline. A lost operation keeps its
   * deadline, so it returns to the head.
   */
  static final Comparator<Operation> QUEUE_ORDER =
      Comparator.<Operation>comparingInt(operation -> operation.priority)
          .thenComparingLong(operation -> operation.dueNanos)
          .thenComparingLong(operation -> operation.sequence);

  /** Between invocations: whoever has less running, for its weight, comes first. */
  static final Comparator<Operation> TURN =
      Comparator.<Operation>comparingDouble(operation -> operation.share.tenantLoad())
          .thenComparingInt(Operation::lead)
          .thenComparing(QUEUE_ORDER);

  final OperationId id;
  final ActionId action;
  final boolean mergeable;
  final Origin origin;
  final Share share;
  final long sequence;
  final long queuedNanos;
  final Set<WatcherId> watchers = new LinkedHashSet<>();

  /** Attempts given up for lost; a late result of one of them still counts. */
  final Set<AttemptId> fenced = new LinkedHashSet<>();

  /** Executors that failed under it and should not get it again while there are others. */
  final Set<ExecutorId> avoided = new HashSet<>();

  /**
   * When it was queued, and later by the more the longer it is believed to take: short ones come
   * first, and none waits for younger ones for ever.
   */
  final long dueNanos;

  /** That it keeps busy, in thousandths. */
  final long processors;

  int priority;

  /** When it was offered last, if this owner did that. */
  long boundNanos;

  /** How often it was stopped so that others come to what they are due. */
  int stops;

  /** When its process began, as far as its executor said; 0 before. */
  long executingNanos;

  /** Whether its share counts it as running. */
  private boolean occupies;

  OperationState state = new OperationState.Queued();
  LossLedger losses = LossLedger.NONE;
  int attempts;
  int preemptions;

  /** What its executor must be like; changes only while it is in no queue. */
  Requirement wanted;

  /** So many executors died under it that the next one gets nothing beside it. */
  boolean mustRunAlone;

  /** Another frontend may have begun it: until this is over it is in no queue. */
  boolean awaitsTakeover;

  /** A former owner began it; who asked for it may come back. */
  boolean adopted;

  /** It runs on without watchers, so that its result is cached. */
  boolean detached;

  /** Without watchers it lives until then. */
  long keepUntilNanos;

  Alarms.@Nullable Alarm abandonment;

  Operation(
      OperationId id,
      ActionId action,
      Requirement wanted,
      long processors,
      int priority,
      boolean mergeable,
      Origin origin,
      Share share,
      long sequence,
      long queuedNanos,
      long dueNanos) {
    this.id = id;
    this.action = action;
    this.wanted = wanted;
    this.processors = processors;
    this.priority = priority;
    this.mergeable = mergeable;
    this.origin = origin;
    this.share = share;
    this.dueNanos = dueNanos;
    this.sequence = sequence;
    this.queuedNanos = queuedNanos;
  }

  /** Goes on to another state; throws where the diagram of states has no such way. */
  void become(OperationState next) {
    if (!state.mayBecome(next.name())) {
      throw new IllegalStateException(id + " cannot go from " + state + " to " + next);
    }
    state = next;
  }

  /** Tells its share whether it is offered or runs; to be called after each change of that. */
  void occupy(boolean now) {
    if (now != occupies) {
      occupies = now;
      if (now) {
        share.occupy(this);
      } else {
        share.vacate(this);
      }
    }
  }

  /**
   * How many doublings of twice its equal part of the tenant's running actions the invocation is
   * ahead; a priority of 100 less counts as one doubling less.
   */
  private int lead() {
    return share.doublingsAhead() + Math.floorDiv(priority, 100);
  }

  /** Whether there are actions like it, of which it may share inputs. */
  boolean hasKin() {
    return !origin.target().isEmpty();
  }

  /** Where on a ring of executors its kin belongs. */
  long kinPlace() {
    return Rendezvous.place(origin.mnemonic() + " " + origin.target());
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
