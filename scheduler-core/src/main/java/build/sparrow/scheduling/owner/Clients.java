package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import java.time.Duration;
import java.util.Optional;

/** Answers clients: takes actions in, merges equal ones, counts who waits for what. */
final class Clients {
  /** How many times its believed length an action stands back for shorter ones. */
  private static final int LENGTH_WEIGHT = 4;

  /** Below this all are equally short, above the other equally long. */
  private static final Duration SHORTEST = Duration.ofMillis(50);

  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** Without a watcher nothing goes on for longer. */
  private static final Duration LONGEST_DETACHED = Duration.ofSeconds(30);

  private final OwnerConfig config;
  private final Pools pools;
  private final OperationTable table;
  private final Placement placement;
  private final Operations operations;
  private final Alarms alarms;
  private final Shares shares;
  private final Estimator estimator;
  private final Reclaim reclaim;
  private long sequence;

  Clients(
      OwnerConfig config,
      Pools pools,
      OperationTable table,
      Placement placement,
      Operations operations,
      Alarms alarms,
      Shares shares,
      Estimator estimator) {
    this.config = config;
    this.pools = pools;
    this.table = table;
    this.placement = placement;
    this.operations = operations;
    this.alarms = alarms;
    this.shares = shares;
    this.estimator = estimator;
    this.reclaim = new Reclaim(config, shares, placement, operations);
  }

  void submit(OwnerEvent.Submit submit, Turn turn) {
    Operation equal = submit.mergeable() ? table.findMergeable(submit.action()) : null;
    if (equal != null) {
      placement.hasten(equal, submit.priority(), turn);
      follow(submit.watcher(), equal, turn);
      return;
    }
    Pools.Asked asked = pools.asked(submit.platform());
    Requirement wanted = asked.wanted();
    if (!asked.satisfiable() && placement.fitting(wanted) == 0) {
      Pools.Nearest nearest = pools.nearest(wanted);
      turn.emit(
          new OwnerEffect.Unsatisfiable(submit.watcher(), nearest.pool(), nearest.differences()));
      return;
    }
    if (placement.queued() >= config.maxQueuedActions() && !placement.idleFor(wanted)) {
      turn.emit(
          new OwnerEffect.Shed(submit.watcher(), placement.queued(), config.maxQueuedActions()));
      return;
    }
    Operation operation =
        new Operation(
            submit.proposed(),
            submit.action(),
            wanted,
            asked.processors(),
            submit.priority(),
            submit.mergeable(),
            submit.origin(),
            shares.join(submit.origin()),
            sequence++,
            turn.nowNanos(),
            dueNanos(submit.origin(), turn));
    table.add(operation);
    follow(submit.watcher(), operation, turn);
    if (submit.mayRun()) {
      operation.awaitsTakeover = true;
      alarms.set(
          turn.nowNanos(), config.times().takeover(), new Alarms.Purpose.EndTakeover(operation.id));
    } else {
      placement.enqueue(operation, turn);
      reclaim.arrived(operation, turn);
    }
  }

  /** No executor has announced it. */
  void endTakeover(OperationId id, Turn turn) {
    Operation operation = table.find(id);
    if (operation != null && operation.awaitsTakeover) {
      operation.awaitsTakeover = false;
      if (operation.state instanceof OperationState.Queued) {
        placement.enqueue(operation, turn);
      }
    }
  }

  /** An operation that a former owner began; it waits for its watchers to come back. */
  Operation adopt(HeldAttempt held, Turn turn) {
    Pools.Asked asked = pools.asked(held.platform());
    Operation operation =
        new Operation(
            held.operation(),
            held.action(),
            asked.wanted(),
            asked.processors(),
            held.priority(),
            held.mergeable(),
            Origin.UNKNOWN,
            shares.join(Origin.UNKNOWN),
            sequence++,
            turn.nowNanos(),
            dueNanos(Origin.UNKNOWN, turn));
    operation.adopted = true;
    table.add(operation);
    keep(operation, config.times().heldGrace(), turn);
    return operation;
  }

  /**
   * The virtual deadline of an action that comes now: its age counts, and so does its believed
   * length, up to a bound beyond which no younger one overtakes it.
   */
  private long dueNanos(Origin origin, Turn turn) {
    long believed = estimator.medianNanos(origin);
    return turn.nowNanos()
        + LENGTH_WEIGHT * Math.clamp(believed, SHORTEST.toNanos(), LONGEST.toNanos());
  }

  void watch(WatcherId watcher, OperationId id, Turn turn) {
    Operation operation = table.find(id);
    if (operation == null) {
      turn.emit(new OwnerEffect.UnknownOperation(watcher, id));
    } else {
      follow(watcher, operation, turn);
    }
  }

  private void follow(WatcherId watcher, Operation operation, Turn turn) {
    Stage stage = operation.state.stage();
    if (!operation.finished()) {
      table.watch(watcher, operation);
      operation.detached = false;
      alarms.cancel(operation.abandonment);
      operation.abandonment = null;
    }
    turn.emit(new OwnerEffect.Follow(watcher, operation.id, stage, operation.visibleExecutor()));
  }

  void leave(WatcherId watcher, Departure departure, Turn turn) {
    Operation operation = table.unwatch(watcher);
    if (operation != null) {
      keep(
          operation,
          switch (departure) {
            case CANCELLED -> config.times().cancelledGrace();
            case CONNECTION_LOST -> config.times().lostGrace();
          },
          turn);
    }
  }

  /**
   * Lets the operation live for a while without watchers; of several reasons the longest counts.
   */
  private void keep(Operation operation, Duration grace, Turn turn) {
    operation.keepUntilNanos =
        Math.max(operation.keepUntilNanos, turn.nowNanos() + grace.toNanos());
    if (operation.watchers.isEmpty()) {
      alarms.cancel(operation.abandonment);
      operation.abandonment =
          alarms.setAt(operation.keepUntilNanos, new Alarms.Purpose.Abandon(operation.id));
    }
  }

  void abandon(OperationId id, Turn turn) {
    Operation operation = table.find(id);
    if (operation == null || !operation.watchers.isEmpty()) {
      return;
    }
    operation.abandonment = null;
    long restNanos = operation.detached ? 0 : restWorthWaitingForNanos(operation, turn);
    if (restNanos > 0) {
      operation.detached = true;
      keep(operation, Duration.ofNanos(restNanos), turn);
    } else {
      operations.drop(operation, turn);
    }
  }

  /**
   * How long an action that nobody waits for may go on, so that the next one who wants it finds it
   * cached: it has come half the way, and nothing waits for its slot. 0 if it is not worth it.
   */
  private long restWorthWaitingForNanos(Operation operation, Turn turn) {
    if (!operation.mergeable
        || !(operation.state instanceof OperationState.Running running)
        || placement.needed(running.executor())) {
      return 0;
    }
    return switch (running.phase()) {
      case FETCHING -> 0;
      case EXECUTING -> {
        long elapsed = turn.nowNanos() - operation.executingNanos;
        long rest = estimator.knownMedianNanos(operation.origin).orElse(0) - elapsed;
        // It may take longer than it did before, within reason.
        yield rest > 0 && rest <= Math.min(elapsed, LONGEST_DETACHED.toNanos())
            ? Math.min(2 * rest, LONGEST_DETACHED.toNanos())
            : 0;
      }
      case UPLOADING, REPORTED -> LONGEST_DETACHED.toNanos();
    };
  }

  void cancel(OperationId id, Turn turn) {
    Operation operation = table.find(id);
    if (operation == null) {
      return;
    }
    switch (operation.state) {
      case OperationState.Queued _, OperationState.Offered _, OperationState.Running _ ->
          operations.fail(operation, new OperationFailure.Cancelled(), turn);
      // Too late: the result is here.
      case OperationState.Concluding _, OperationState.Finished _ -> {}
    }
  }

  /** The operation that a result of the action would complete. */
  Optional<OperationId> wanting(ActionId action) {
    return Optional.ofNullable(table.findMergeable(action))
        .filter(operation -> !operation.hasResult())
        .map(operation -> operation.id);
  }

  void resultWritten(OperationId id, Turn turn) {
    Operation operation = table.find(id);
    // Its own result may have come meanwhile; of equal ones the first counts.
    if (operation != null && !operation.hasResult()) {
      operations.completeFromCache(operation, turn);
    }
  }

  void forget(OperationId id, Turn turn) {
    Operation operation = table.find(id);
    if (operation != null) {
      operations.forget(operation, turn);
    }
  }
}
