package build.sparrow.scheduling.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.owner.LossLedger.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LossLedgerTest {
  private static final LossBudgets NONE = new LossBudgets(0, 0, 1, 3);
  private static final ExecutorId ONE = new ExecutorId("e1", "1");

  @Test
  void aBudgetOfNothingForgivesNothing() {
    assertThat(LossLedger.NONE.executorFailed(NONE))
        .isEqualTo(
            new Verdict.GiveUp(
                new LossLedger(1, 0, List.of()), new OperationFailure.InfrastructureSpent(1, 0)));
    assertThat(LossLedger.NONE.ranOutOfMemory(NONE))
        .isEqualTo(
            new Verdict.GiveUp(
                new LossLedger(0, 1, List.of()), new OperationFailure.OutOfMemorySpent(1, 0)));
  }

  @Test
  void classesHaveBudgetsOfTheirOwn() {
    LossLedger ledger = new LossLedger(4, 2, List.of());

    assertThat(ledger.executorFailed(LossBudgets.DEFAULT)).isInstanceOf(Verdict.GiveUp.class);
    assertThat(new LossLedger(3, 2, List.of()).executorFailed(LossBudgets.DEFAULT))
        .isEqualTo(new Verdict.Retry(ledger));
  }

  @Test
  void aFailureThatAnExecutorSurvivesIsNoDeath() {
    assertThat(LossLedger.NONE.executorFailed(LossBudgets.DEFAULT))
        .isEqualTo(new Verdict.Retry(new LossLedger(1, 0, List.of())));
    assertThat(LossLedger.NONE.executorDied(ONE, false, LossBudgets.DEFAULT))
        .isEqualTo(new Verdict.Retry(new LossLedger(1, 0, List.of(ONE))));
  }

  @Test
  void defaultsAreThoseOfTheConfiguration() {
    assertThat(LossBudgets.DEFAULT).isEqualTo(new LossBudgets(4, 2, 2, 3));
    assertThat(OwnerConfig.DEFAULT_MAX_QUEUED_ACTIONS).isEqualTo(100_000);
    assertThat(OwnerTimes.DEFAULT)
        .isEqualTo(
            new OwnerTimes(
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                Duration.ofSeconds(8),
                Duration.ofMillis(250),
                Duration.ofSeconds(15),
                Duration.ofSeconds(15),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60)));
  }

  @Test
  void aConfigurationThatCannotWorkIsRefused() {
    assertThatThrownBy(() -> new LossBudgets(-1, 2, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("infrastructure -1")
        .hasMessageContaining("give at least 0, 0, 1 and 0");
    assertThatThrownBy(() -> DrivenOwner.shedding(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxQueuedActions is 0; it must be at least 1");
  }
}
