package build.sparrow.scheduling.executor;

import static build.sparrow.scheduling.executor.DrivenExecutor.F;
import static build.sparrow.scheduling.executor.DrivenExecutor.attempt;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.executor.ExecutorEffect.Forget;
import build.sparrow.scheduling.executor.ExecutorEffect.SendHello;
import build.sparrow.scheduling.executor.ExecutorEffect.Start;
import build.sparrow.scheduling.executor.ExecutorEffect.Stop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of the attempts of a frontend whose place is gone from the farm. */
final class OrphanTest {
  private static final Duration RETENTION = ExecutorTimes.DEFAULT.orphanRetention();

  private final DrivenExecutor executor = new DrivenExecutor(1);

  private void leave() {
    executor.on(new ExecutorEvent.Disconnected(F));
    executor.on(new ExecutorEvent.FrontendGone(F));
  }

  @Test
  void whatItLeftBehindIsStopped_andTheSlotIsForOthers() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    leave();

    assertThat(executor.advance(RETENTION.minusMillis(1))).doesNotContain(new Stop(attempt(1)));
    assertThat(executor.advance(Duration.ofMillis(1))).contains(new Stop(attempt(1)));

    assertThat(executor.on(new ExecutorEvent.Ended(attempt(1), Ending.KILLED)))
        .contains(new Forget(attempt(1)));
    assertThat(executor.snapshot().free().slots()).isEqualTo(1);
    assertThat(executor.snapshot().held()).isEmpty();
  }

  @Test
  void nothingHappens_whenItIsBackInTime() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    leave();
    executor.advance(RETENTION.minusMillis(1));

    assertThat(executor.connect(F))
        .contains(
            new SendHello(F, List.of(new AttemptProgress(attempt(1), Phase.FETCHING)), false));
    assertThat(executor.advance(RETENTION.multipliedBy(2))).doesNotContain(new Stop(attempt(1)));
  }

  @Test
  void aFrontendThatIsOnlyDisconnectedLosesNothing() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Disconnected(F));

    assertThat(executor.advance(RETENTION.multipliedBy(4))).doesNotContain(new Stop(attempt(1)));
  }

  @Test
  void theTimeRunsFromTheFirstNews() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    leave();
    executor.advance(RETENTION.minusMillis(1));
    executor.on(new ExecutorEvent.FrontendGone(F));

    assertThat(executor.advance(Duration.ofMillis(1))).contains(new Stop(attempt(1)));
  }

  @Test
  void resultsThatNobodyWillFetchAreForgotten() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Ended(attempt(1), Ending.DECIDED));
    leave();

    assertThat(executor.advance(RETENTION)).contains(new Forget(attempt(1)));
  }

  @Test
  void whatWaitsToRunAloneIsForgotten_withoutEverHavingStarted() {
    DrivenExecutor two = new DrivenExecutor(2);
    two.connect(F);
    two.offer(F, attempt(1));
    two.offerAlone(F, attempt(2));
    two.on(new ExecutorEvent.Disconnected(F));
    two.on(new ExecutorEvent.FrontendGone(F));

    List<ExecutorEffect> effects = two.advance(RETENTION);

    assertThat(effects)
        .contains(new Stop(attempt(1)), new Forget(attempt(2)))
        .doesNotContain(new Start(attempt(2)));
    assertThat(two.snapshot().held()).isEmpty();
  }

  @Test
  void anAttemptThatWasKilledBeforeIsForgottenOnceItIsDead() {
    AttemptId killed = attempt(1);
    executor.connect(F);
    executor.offer(F, killed);
    executor.on(new ExecutorEvent.KillReceived(F, killed));
    leave();
    executor.advance(RETENTION);

    assertThat(executor.on(new ExecutorEvent.Ended(killed, Ending.KILLED)))
        .contains(new Forget(killed));
  }

  @Test
  void aDrainDoesNotWaitForWhoIsGone() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Ended(attempt(1), Ending.DECIDED));
    executor.on(new ExecutorEvent.DrainAsked(Duration.ofMinutes(10)));
    leave();

    assertThat(executor.advance(RETENTION)).contains(new ExecutorEffect.Drained());
  }
}
