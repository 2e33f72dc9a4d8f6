package build.sparrow.scheduling.executor;

import static build.sparrow.scheduling.Resources.slots;
import static build.sparrow.scheduling.executor.DrivenExecutor.F;
import static build.sparrow.scheduling.executor.DrivenExecutor.attempt;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.executor.ExecutorEffect.Drained;
import build.sparrow.scheduling.executor.ExecutorEffect.Forget;
import build.sparrow.scheduling.executor.ExecutorEffect.SendDone;
import build.sparrow.scheduling.executor.ExecutorEffect.SendDraining;
import build.sparrow.scheduling.executor.ExecutorEffect.SendHandBack;
import build.sparrow.scheduling.executor.ExecutorEffect.SendHello;
import build.sparrow.scheduling.executor.ExecutorEffect.SendReject;
import build.sparrow.scheduling.executor.ExecutorEffect.Stop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DrainTest {
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final DrivenExecutor executor = new DrivenExecutor(2);

  private List<ExecutorEffect> drain() {
    return executor.on(new ExecutorEvent.DrainAsked(GRACE));
  }

  private void run(long attempt) {
    executor.offer(F, attempt(attempt));
    executor.on(new ExecutorEvent.PhaseReached(attempt(attempt), Phase.EXECUTING));
  }

  @Test
  void anIdleExecutorIsDrainedAtOnce() {
    executor.connect(F);

    assertThat(drain()).containsExactly(new SendDraining(F, GRACE), new Drained());
    assertThat(executor.advance(Duration.ofMinutes(1))).doesNotContain(new Drained());
  }

  @Test
  void nothingIsTakenAnyMore() {
    executor.connect(F);
    executor.reserve(F, 3);
    run(1);
    drain();

    assertThat(executor.offer(F, attempt(2)))
        .containsExactly(new SendReject(F, attempt(2), slots(0)));
    assertThat(executor.reserve(F, 1)).isEmpty();
    assertThat(executor.snapshot().frontends()).allMatch(frontend -> frontend.reservations() == 0);
  }

  @Test
  void whatHasNotStartedIsHandedBackAtOnce() {
    executor.connect(F);
    run(1);
    executor.offer(F, attempt(2));

    assertThat(drain())
        .containsExactly(
            new SendDraining(F, GRACE), new SendHandBack(F, attempt(2)), new Stop(attempt(2)));
    assertThat(executor.on(new ExecutorEvent.Ended(attempt(2), Ending.KILLED)))
        .containsExactly(new Forget(attempt(2)));
  }

  @Test
  void whatWaitsToRunAloneIsHandedBackWithoutHavingRun() {
    executor.connect(F);
    run(1);
    executor.offerAlone(F, attempt(2));

    assertThat(drain())
        .containsExactly(
            new SendDraining(F, GRACE), new SendHandBack(F, attempt(2)), new Forget(attempt(2)));
  }

  @Test
  void whatRunsMayEndWithinTheGrace() {
    executor.connect(F);
    run(1);
    drain();
    executor.advance(Duration.ofSeconds(29));

    assertThat(executor.on(new ExecutorEvent.Ended(attempt(1), Ending.DECIDED)))
        .containsExactly(new SendDone(F, attempt(1), Ending.DECIDED));
    assertThat(executor.on(new ExecutorEvent.Acknowledged(F, attempt(1))))
        .containsExactly(new Forget(attempt(1)), new Drained());
  }

  @Test
  void whatStillRunsAfterTheGraceIsHandedBack() {
    executor.connect(F);
    run(1);
    drain();

    assertThat(executor.advance(GRACE))
        .contains(new SendHandBack(F, attempt(1)), new Stop(attempt(1)))
        .doesNotContain(new Drained());
    assertThat(executor.on(new ExecutorEvent.Ended(attempt(1), Ending.KILLED)))
        .containsExactly(new Forget(attempt(1)), new Drained());
  }

  @Test
  void aResultThatNobodyAcknowledgesHoldsTheExecutorNoLongerThanTheGrace() {
    executor.connect(F);
    run(1);
    drain();
    executor.on(new ExecutorEvent.Ended(attempt(1), Ending.DECIDED));

    assertThat(executor.advance(GRACE)).contains(new Drained());
  }

  @Test
  void aFrontendThatConnectsLaterIsTold() {
    executor.connect(F);
    run(1);
    drain();
    executor.on(new ExecutorEvent.Disconnected(F));
    executor.advance(Duration.ofSeconds(10));

    assertThat(executor.on(new ExecutorEvent.Connected(F)))
        .element(0)
        .isInstanceOfSatisfying(SendHello.class, hello -> assertThat(hello.draining()).isTrue());
    assertThat(executor.on(new ExecutorEvent.Connected(F)))
        .contains(new SendDraining(F, Duration.ofSeconds(20)));
  }

  @Test
  void theShorterOfTwoGracesCounts() {
    executor.connect(F);
    run(1);
    drain();

    executor.on(new ExecutorEvent.DrainAsked(Duration.ofSeconds(5)));

    assertThat(executor.advance(Duration.ofSeconds(5))).contains(new SendHandBack(F, attempt(1)));
  }
}
