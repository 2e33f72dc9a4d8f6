package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.owner.LossLedger.Verdict;
import build.sparrow.scheduling.owner.OperationState.Offered;
import build.sparrow.scheduling.owner.OperationState.Queued;
import build.sparrow.scheduling.owner.OperationState.Running;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hears what executors say of attempts. Only who holds an attempt decides on it; everybody gets an
 * answer.
 */
final class Attempts {
  private final OwnerConfig config;
  private final OperationTable table;
  private final Operations operations;
  private final Clients clients;
  private final Placement placement;
  private final Estimator estimator;

  Attempts(
      OwnerConfig config,
      OperationTable table,
      Operations operations,
      Clients clients,
      Placement placement,
      Estimator estimator) {
    this.config = config;
    this.table = table;
    this.operations = operations;
    this.clients = clients;
    this.placement = placement;
    this.estimator = estimator;
  }

  void accepted(KnownExecutor executor, AttemptId attempt, Turn turn) {
    executor.accepted(attempt);
    executor.group.refresh(executor);
    Operation operation = executor.attempts.get(attempt);
    if (operation != null && operation.state instanceof Offered offered) {
      operations.run(
          operation, new Running(attempt, executor, offered.alone(), Phase.FETCHING), turn);
    }
  }

  void rejected(KnownExecutor executor, AttemptId attempt, Resources free, Turn turn) {
    executor.rejected(attempt, free);
    executor.group.refresh(executor);
    Operation operation = executor.attempts.get(attempt);
    if (operation != null && operation.state instanceof Offered) {
      operations.requeue(operation, turn);
    }
    if (free.slots() > 0) {
      // Something else may fit.
      placement.serveIdle(executor, turn);
    }
  }

  void progressed(KnownExecutor executor, List<AttemptProgress> attempts, Turn turn) {
    for (AttemptProgress progress : attempts) {
      Operation operation = executor.attempts.get(progress.attempt());
      if (operation != null) {
        operations.progress(operation, progress.phase(), turn);
      } else if (progress.phase() != Phase.REPORTED) {
        // Nobody wants it: however that came about, its slot must not stay lost.
        turn.emit(new OwnerEffect.SendKill(executor.id, progress.attempt()));
      }
    }
  }

  void finished(KnownExecutor executor, AttemptId attempt, Ending ending, Turn turn) {
    Operation operation = executor.attempts.get(attempt);
    if (operation != null) {
      liveEnded(operation, executor, attempt, ending, turn);
      return;
    }
    Operation former = table.findFenced(attempt, executor.id);
    if (former != null && ending == Ending.DECIDED) {
      operations.conclude(former, attempt, executor, turn);
      return;
    }
    if (former != null) {
      table.unfence(attempt);
    }
    // Sent again after a reconnect while the shell still writes its result: acknowledged once that
    // is done.
    if (!table.concluding(attempt)) {
      turn.emit(new OwnerEffect.SendAck(executor.id, attempt));
    }
  }

  private void liveEnded(
      Operation operation, KnownExecutor executor, AttemptId attempt, Ending ending, Turn turn) {
    if (ending == Ending.DECIDED) {
      operations.conclude(operation, attempt, executor, turn);
      return;
    }
    turn.emit(new OwnerEffect.SendAck(executor.id, attempt));
    operation.avoided.add(executor.id);
    LossLedger losses = operation.losses;
    operations.judge(
        operation,
        switch (ending) {
          case OUT_OF_MEMORY -> losses.ranOutOfMemory(config.budgets());
          // Nobody asked for this kill, so it is a failure of the executor, and bounded like one.
          case EXECUTOR_FAILED, KILLED, DECIDED -> losses.executorFailed(config.budgets());
        },
        turn);
  }

  /**
   * The executor drains: what will hardly be done in time is begun elsewhere now, and not only when
   * the grace is over.
   */
  void callBack(KnownExecutor executor, Duration grace, Turn turn) {
    for (Map.Entry<AttemptId, Operation> entry : List.copyOf(executor.attempts.entrySet())) {
      Operation operation = entry.getValue();
      if (operation.state instanceof Running running
          && running.phase() == Phase.EXECUTING
          && placement.fitting(operation.wanted) > 0
          && runsInVain(operation, grace, turn)) {
        turn.emit(new OwnerEffect.SendKill(executor.id, entry.getKey()));
        preempted(operation, turn);
      }
    }
  }

  /**
   * Whether it costs more to let the action run on, which is the grace if it is not done by then,
   * than to stop it, which is all that it has run so far if it would have been.
   */
  private boolean runsInVain(Operation operation, Duration grace, Turn turn) {
    long elapsedNanos = turn.nowNanos() - operation.executingNanos;
    OptionalDouble late =
        estimator.chanceToOutlast(operation.origin, elapsedNanos, grace.toNanos());
    return late.isPresent()
        && late.getAsDouble() * grace.toNanos() > (1 - late.getAsDouble()) * elapsedNanos;
  }

  void handedBack(KnownExecutor executor, AttemptId attempt, Turn turn) {
    Operation operation = executor.attempts.get(attempt);
    if (operation != null) {
      preempted(operation, turn);
    }
  }

  /**
   * Nothing is charged; but an action that meets it again and again gets an executor that stays,
   * where the farm has such.
   */
  private void preempted(Operation operation, Turn turn) {
    operation.preemptions++;
    Requirement onDemand = new Requirement(operation.wanted.traits(), true);
    if (operation.preemptions > config.budgets().preemptionsBeforeOnDemand()
        && placement.comes(onDemand)) {
      operation.wanted = onDemand;
    }
    operations.requeue(operation, turn);
  }

  /** The executor is gone: its attempts are fenced, charged and begun anew. */
  void lost(KnownExecutor executor, LossClass loss, Turn turn) {
    List<Map.Entry<AttemptId, Operation>> attempts = List.copyOf(executor.attempts.entrySet());
    for (Map.Entry<AttemptId, Operation> entry : attempts) {
      Operation operation = entry.getValue();
      table.fence(entry.getKey(), operation, executor.id);
      if (operation.state instanceof Running running) {
        charge(operation, running, loss, attempts.size() == 1, turn);
      } else {
        // Nothing tells whether the offer ever arrived.
        operations.requeue(operation, turn);
      }
    }
  }

  private void charge(
      Operation operation, Running running, LossClass loss, boolean onlyOne, Turn turn) {
    LossLedger losses = operation.losses;
    Verdict died = losses.executorDied(running.executor().id, running.alone(), config.budgets());
    switch (loss) {
      case PREEMPTED -> preempted(operation, turn);
      case INFRASTRUCTURE -> operations.judge(operation, died, turn);
      // Of several attempts nobody knows which one took the memory: then it is a death like any
      // other.
      case OUT_OF_MEMORY ->
          operations.judge(
              operation, onlyOne ? losses.ranOutOfMemory(config.budgets()) : died, turn);
    }
  }

  /**
   * An executor says Hello, for the first time or again: what it holds is compared with what it
   * should hold.
   */
  void reconcile(KnownExecutor executor, List<HeldAttempt> held, Turn turn) {
    Set<AttemptId> announced = new HashSet<>();
    for (HeldAttempt each : held) {
      announced.add(each.attempt());
      Operation operation = executor.attempts.get(each.attempt());
      if (operation == null) {
        takeOver(executor, each, turn);
      } else if (operation.state instanceof Offered(_, _, var alone)) {
        // Its Accept was lost with the stream.
        operations.run(operation, new Running(each.attempt(), executor, alone, each.phase()), turn);
      } else {
        operations.progress(operation, each.phase(), turn);
      }
    }
    for (Map.Entry<AttemptId, Operation> entry : List.copyOf(executor.attempts.entrySet())) {
      if (!announced.contains(entry.getKey())) {
        // The offer never arrived, or the attempt was handed back, and the message was lost with
        // the stream; or it was announced to another frontend, and its result may come back.
        table.fence(entry.getKey(), entry.getValue(), executor.id);
        operations.requeue(entry.getValue(), turn);
      }
    }
  }

  /** An executor says what it holds of another frontend that is gone. */
  void announced(KnownExecutor executor, List<HeldAttempt> held, Turn turn) {
    held.forEach(each -> takeOver(executor, each, turn));
  }

  private void takeOver(KnownExecutor executor, HeldAttempt held, Turn turn) {
    AttemptId attempt = held.attempt();
    if (table.concluding(attempt)) {
      return;
    }
    Operation operation = wanting(executor, held);
    if (operation == null && !attempt.epoch().equals(config.epoch())) {
      operation = clients.adopt(held, turn);
      turn.emit(new OwnerEffect.Adopted(operation.id, executor.id, attempt));
    }
    boolean ended = held.phase() == Phase.REPORTED;
    if (operation != null && operation.state instanceof Queued) {
      table.unfence(attempt);
      operations.run(operation, new Running(attempt, executor, false, held.phase()), turn);
    } else if (operation != null && !operation.hasResult() && ended) {
      // Its result follows and is as good as that of the attempt that runs meanwhile.
      table.fence(attempt, operation, executor.id);
    } else if (!ended) {
      table.unfence(attempt);
      turn.emit(new OwnerEffect.SendKill(executor.id, attempt));
    }
  }

  /**
   * The operation that the attempt belongs to: by this owner's own books, or a former owner's that
   * is known here.
   */
  private @Nullable Operation wanting(KnownExecutor executor, HeldAttempt held) {
    if (held.attempt().epoch().equals(config.epoch())) {
      return table.findFenced(held.attempt(), executor.id);
    }
    Operation same = table.find(held.operation());
    return same == null && held.mergeable() ? table.findMergeable(held.action()) : same;
  }
}
