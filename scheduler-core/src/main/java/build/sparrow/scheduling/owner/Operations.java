package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.owner.LossLedger.Verdict;
import build.sparrow.scheduling.owner.OperationState.Concluding;
import build.sparrow.scheduling.owner.OperationState.Finished;
import build.sparrow.scheduling.owner.OperationState.Offered;
import build.sparrow.scheduling.owner.OperationState.Queued;
import build.sparrow.scheduling.owner.OperationState.Running;
import org.jspecify.annotations.Nullable;

/**
 * The ways of an operation from one state to the next: the only place that changes states, apart
 * from being offered.
 */
final class Operations {
  private final OwnerConfig config;
  private final OperationTable table;
  private final Placement placement;
  private final Alarms alarms;
  private final Acknowledgements acknowledgements;
  private final Shares shares;
  private final Estimator estimator;

  Operations(
      OwnerConfig config,
      OperationTable table,
      Placement placement,
      Alarms alarms,
      Acknowledgements acknowledgements,
      Shares shares,
      Estimator estimator) {
    this.config = config;
    this.table = table;
    this.placement = placement;
    this.alarms = alarms;
    this.acknowledgements = acknowledgements;
    this.shares = shares;
    this.estimator = estimator;
  }

  /**
   * An executor runs the attempt, which was offered to it, or was given up for lost and turns up
   * again.
   */
  void run(Operation operation, Running running, Turn turn) {
    if (operation.state instanceof Queued) {
      placement.dequeue(operation, turn);
    }
    operation.awaitsTakeover = false;
    operation.become(running);
    operation.occupy(true);
    running.executor().attempts.put(running.attempt(), operation);
    turn.emit(new OwnerEffect.StageChanged(operation.id, Stage.EXECUTING, running.executor().id));
  }

  void progress(Operation operation, Phase phase, Turn turn) {
    if (operation.state instanceof Running(var attempt, var executor, var alone, var before)) {
      operation.become(new Running(attempt, executor, alone, phase));
      if (phase == Phase.EXECUTING && before == Phase.FETCHING) {
        operation.executingNanos = turn.nowNanos();
      } else if (before == Phase.EXECUTING && phase == Phase.UPLOADING) {
        learn(operation, turn);
      }
    }
  }

  /** Its process has ended by itself; from now on actions like it are known better. */
  private void learn(Operation operation, Turn turn) {
    if (operation.executingNanos != 0) {
      estimator.observe(operation.origin, turn.nowNanos() - operation.executingNanos);
      operation.executingNanos = 0;
    }
  }

  /** Back to the head of its queue, with the age that it had. Nothing is charged. */
  void requeue(Operation operation, Turn turn) {
    boolean wasExecuting = operation.state.stage() == Stage.EXECUTING;
    detach(operation);
    if (wasExecuting) {
      turn.emit(new OwnerEffect.StageChanged(operation.id, Stage.QUEUED, null));
    }
    placement.enqueue(operation, turn);
  }

  /** What it runs is killed, and begun again in its turn. Nothing is charged. */
  void stopForOthers(Operation operation, Turn turn) {
    operation.stops++;
    boolean wasExecuting = operation.state.stage() == Stage.EXECUTING;
    killAttempt(operation, turn);
    if (wasExecuting) {
      turn.emit(new OwnerEffect.StageChanged(operation.id, Stage.QUEUED, null));
    }
    placement.enqueue(operation, turn);
  }

  /** A loss was charged: once more, or no more. */
  void judge(Operation operation, Verdict verdict, Turn turn) {
    switch (verdict) {
      case Verdict.Retry(var ledger) -> {
        operation.losses = ledger;
        operation.mustRunAlone = ledger.suspectedPoison(config.budgets());
        requeue(operation, turn);
      }
      case Verdict.GiveUp(var ledger, var failure) -> {
        operation.losses = ledger;
        // It has ended or is lost: there is nothing to kill.
        detach(operation);
        fail(operation, failure, turn);
      }
    }
  }

  /**
   * The attempt ended and decides the operation; the shell is asked to put its result where it
   * belongs.
   */
  void conclude(Operation operation, AttemptId attempt, KnownExecutor executor, Turn turn) {
    switch (operation.state) {
      case Queued _ -> placement.dequeue(operation, turn);
      case Offered offered when !offered.attempt().equals(attempt) -> killAttempt(operation, turn);
      case Running running when !running.attempt().equals(attempt) -> killAttempt(operation, turn);
      case Offered _, Running _ -> {
        learn(operation, turn);
        detach(operation);
      }
      case Concluding _, Finished _ ->
          throw new IllegalStateException(operation.id + " has a result already");
    }
    table.unfence(operation);
    operation.become(new Concluding(attempt, executor));
    table.addConcluding(attempt, operation);
    turn.emit(new OwnerEffect.Conclude(operation.id, executor.id, attempt));
  }

  /** What is to be cached is cached: now the result may be seen, and the executor may forget it. */
  void complete(Operation operation, Turn turn) {
    if (operation.state instanceof Concluding(var attempt, var executor)) {
      table.removeConcluding(attempt);
      turn.emit(new OwnerEffect.Completed(operation.id, attempt));
      acknowledgements.owe(executor, attempt, turn);
      boolean waitsForFormerClients =
          operation.adopted
              && operation.watchers.isEmpty()
              && turn.nowNanos() < operation.keepUntilNanos;
      finish(operation, turn);
      if (waitsForFormerClients) {
        operation.abandonment =
            alarms.setAt(operation.keepUntilNanos, new Alarms.Purpose.Abandon(operation.id));
      } else {
        table.stopMerging(operation);
      }
    }
  }

  void fail(Operation operation, OperationFailure failure, Turn turn) {
    end(operation, new OwnerEffect.Fail(operation.id, failure), turn);
  }

  /** Its result is in the cache already, so nothing need run for it any more. */
  void completeFromCache(Operation operation, Turn turn) {
    end(operation, new OwnerEffect.CompletedFromCache(operation.id), turn);
  }

  private void end(Operation operation, OwnerEffect end, Turn turn) {
    switch (operation.state) {
      case Queued _ -> placement.dequeue(operation, turn);
      case Offered _, Running _ -> killAttempt(operation, turn);
      case Concluding _, Finished _ -> throw new IllegalStateException(operation.id + " has ended");
    }
    turn.emit(end);
    finish(operation, turn);
    table.stopMerging(operation);
  }

  private void finish(Operation operation, Turn turn) {
    operation.become(new Finished());
    leaveShare(operation);
    table.unfence(operation);
    table.dismissWatchers(operation);
    alarms.cancel(operation.abandonment);
    operation.abandonment = null;
    alarms.set(
        turn.nowNanos(), config.times().retention(), new Alarms.Purpose.Forget(operation.id));
  }

  /** Nobody waits for it any more. */
  void drop(Operation operation, Turn turn) {
    switch (operation.state) {
      case Queued _ -> placement.dequeue(operation, turn);
      case Offered _, Running _ -> killAttempt(operation, turn);
      // The result is on the way, and whoever asks meanwhile shall have it.
      case Concluding _ -> {
        return;
      }
      // It was kept for those who asked a former owner.
      case Finished _ -> {
        table.stopMerging(operation);
        return;
      }
    }
    leaveShare(operation);
    table.remove(operation);
    turn.emit(new OwnerEffect.Forget(operation.id));
  }

  private void leaveShare(Operation operation) {
    operation.occupy(false);
    shares.leave(operation.share);
  }

  void forget(Operation operation, Turn turn) {
    alarms.cancel(operation.abandonment);
    table.remove(operation);
    turn.emit(new OwnerEffect.Forget(operation.id));
  }

  /**
   * A killed attempt is forgotten at once: whatever it says later is answered, and never counts.
   */
  private static void killAttempt(Operation operation, Turn turn) {
    AttemptId attempt = operation.state.attempt();
    KnownExecutor executor = detach(operation);
    if (attempt != null && executor != null) {
      turn.emit(new OwnerEffect.SendKill(executor.id, attempt));
    }
  }

  /** The executor holds the attempt no more; null if it did not hold it before. */
  private static @Nullable KnownExecutor detach(Operation operation) {
    operation.occupy(false);
    return switch (operation.state) {
      case Offered(var attempt, var executor, _) ->
          executor.attempts.remove(attempt) == null ? null : executor;
      case Running(var attempt, var executor, _, _) ->
          executor.attempts.remove(attempt) == null ? null : executor;
      case Queued _, Concluding _, Finished _ -> null;
    };
  }
}
