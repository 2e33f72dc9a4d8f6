package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ExecutorId;
import java.util.List;
import java.util.stream.Stream;

/**
 * The losses that were charged to one operation.
 *
 * @param deaths different executors that died under it, in order
 */
record LossLedger(int infrastructure, int outOfMemory, List<ExecutorId> deaths) {
  static final LossLedger NONE = new LossLedger(0, 0, List.of());

  /** What follows from a loss. */
  sealed interface Verdict {
    record Retry(LossLedger ledger) implements Verdict {}

    record GiveUp(LossLedger ledger, OperationFailure failure) implements Verdict {}
  }

  LossLedger {
    deaths = List.copyOf(deaths);
  }

  int total() {
    return infrastructure + outOfMemory;
  }

  /** Enough executors died under it that the next attempt must have nothing beside it. */
  boolean suspectedPoison(LossBudgets budgets) {
    return deaths.size() >= budgets.poisonExecutors();
  }

  /** The executor lives and says that it could not run the action. */
  Verdict executorFailed(LossBudgets budgets) {
    return judge(new LossLedger(infrastructure + 1, outOfMemory, deaths), budgets);
  }

  Verdict ranOutOfMemory(LossBudgets budgets) {
    return judge(new LossLedger(infrastructure, outOfMemory + 1, deaths), budgets);
  }

  /**
   * The executor died or vanished under the action.
   *
   * @param alone nothing else ran there, so that nothing else is to blame
   */
  Verdict executorDied(ExecutorId executor, boolean alone, LossBudgets budgets) {
    List<ExecutorId> dead =
        deaths.contains(executor)
            ? deaths
            : Stream.concat(deaths.stream(), Stream.of(executor)).toList();
    LossLedger ledger = new LossLedger(infrastructure + 1, outOfMemory, dead);
    return alone
        ? new Verdict.GiveUp(ledger, new OperationFailure.Poisonous(dead))
        : judge(ledger, budgets);
  }

  private static Verdict judge(LossLedger ledger, LossBudgets budgets) {
    if (ledger.infrastructure > budgets.infrastructure()) {
      return new Verdict.GiveUp(
          ledger,
          new OperationFailure.InfrastructureSpent(
              ledger.infrastructure, budgets.infrastructure()));
    }
    if (ledger.outOfMemory > budgets.outOfMemory()) {
      return new Verdict.GiveUp(
          ledger, new OperationFailure.OutOfMemorySpent(ledger.outOfMemory, budgets.outOfMemory()));
    }
    return new Verdict.Retry(ledger);
  }
}
