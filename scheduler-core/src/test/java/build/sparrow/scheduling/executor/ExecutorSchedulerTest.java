package build.sparrow.scheduling.executor;

import static build.sparrow.scheduling.Resources.slots;
import static build.sparrow.scheduling.executor.DrivenExecutor.F;
import static build.sparrow.scheduling.executor.DrivenExecutor.G;
import static build.sparrow.scheduling.executor.DrivenExecutor.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.executor.ExecutorEffect.Forget;
import build.sparrow.scheduling.executor.ExecutorEffect.SendAccept;
import build.sparrow.scheduling.executor.ExecutorEffect.SendDone;
import build.sparrow.scheduling.executor.ExecutorEffect.SendHello;
import build.sparrow.scheduling.executor.ExecutorEffect.SendProgress;
import build.sparrow.scheduling.executor.ExecutorEffect.SendPull;
import build.sparrow.scheduling.executor.ExecutorEffect.SendReject;
import build.sparrow.scheduling.executor.ExecutorEffect.SendToken;
import build.sparrow.scheduling.executor.ExecutorEffect.Start;
import build.sparrow.scheduling.executor.ExecutorEffect.Stop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ExecutorSchedulerTest {
  private final DrivenExecutor executor = new DrivenExecutor(1);
  private final DrivenExecutor wide = new DrivenExecutor(4);

  private static final Duration TOLD_TO_ALL = Duration.ofMillis(45);

  private List<ExecutorEffect> end(AttemptId attempt, Ending ending) {
    return executor.on(new ExecutorEvent.Ended(attempt, ending));
  }

  // Admission.

  @Test
  void aFrontendThatConnectsIsToldWhatIsHeldAndFree() {
    assertThat(wide.connect(F)).containsExactly(new SendHello(F, List.of(), false));
    assertThat(wide.advance(TOLD_TO_ALL)).containsExactly(new SendToken(F, slots(4), true));
  }

  @Test
  void anOfferIsAcceptedWhileASlotIsFree() {
    executor.connect(F);

    assertThat(executor.offer(F, attempt(1)))
        .containsExactly(new SendAccept(F, attempt(1)), new Start(attempt(1)));
    assertThat(executor.offer(F, attempt(2)))
        .containsExactly(new SendReject(F, attempt(2), slots(0)));
    assertThat(executor.snapshot().free().slots()).isZero();
  }

  @Test
  void aDuplicateOfferIsAnsweredTheSameAndRunsNothing() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.offer(F, attempt(2));

    assertThat(executor.offer(F, attempt(1))).containsExactly(new SendAccept(F, attempt(1)));
    end(attempt(1), Ending.DECIDED);
    assertThat(executor.offer(F, attempt(2)))
        .contains(new SendReject(F, attempt(2), slots(1)))
        .doesNotContain(new Start(attempt(2)));
  }

  @Test
  void aLateDuplicateOfAForgottenAttemptRunsNothing() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    end(attempt(1), Ending.DECIDED);
    executor.on(new ExecutorEvent.Acknowledged(F, attempt(1)));

    assertThat(executor.offer(F, attempt(1)))
        .contains(new SendReject(F, attempt(1), slots(1)))
        .doesNotContain(new Start(attempt(1)));
  }

  @Test
  void aFrontendThatOfferedTwiceIsStillToldOfFreeRoom() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(G, attempt(1));
    executor.offer(F, attempt(2));
    end(attempt(1), Ending.DECIDED);

    // The frontend has its answer already, and does not look at this one.
    assertThat(executor.offer(F, attempt(2)))
        .containsExactly(new SendReject(F, attempt(2), slots(1)));
    assertThat(executor.advance(TOLD_TO_ALL)).contains(new SendToken(F, slots(1), true));
  }

  @Test
  void anOfferOfAnotherEpochIsRejected() {
    executor.connect(F);

    assertThat(executor.offer(F, new AttemptId("former", 9)))
        .contains(new SendReject(F, new AttemptId("former", 9), slots(1)));
  }

  @Test
  void aRestartedFrontendCountsFromOneAgain() {
    executor.connect(F);
    executor.offer(F, attempt(5));
    end(attempt(5), Ending.DECIDED);
    executor.on(new ExecutorEvent.Disconnected(F));
    executor.on(new ExecutorEvent.Connected(F));
    executor.on(new ExecutorEvent.Welcomed(F, "second", Map.of()));

    assertThat(executor.offer(F, new AttemptId("second", 1)))
        .contains(new Start(new AttemptId("second", 1)));
  }

  @Test
  void slotsAreSharedByAllFrontends() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));

    assertThat(executor.offer(G, new AttemptId(DrivenExecutor.EPOCH, 1)))
        .containsExactly(new SendReject(G, attempt(1), slots(0)));
  }

  @Test
  void anExecutorWithoutSlotsIsRefused() {
    assertThatThrownBy(() -> ExecutorConfig.of(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("slots is 0; an executor needs at least 1");
  }

  // Running alone.

  @Test
  void anAttemptThatMustRunAloneStartsWhenTheOthersHaveEnded() {
    wide.connect(F);
    wide.offer(F, attempt(1));

    assertThat(wide.offerAlone(F, attempt(2))).containsExactly(new SendAccept(F, attempt(2)));
    assertThat(wide.offer(F, attempt(3))).containsExactly(new SendReject(F, attempt(3), slots(0)));
    assertThat(wide.on(new ExecutorEvent.Ended(attempt(1), Ending.DECIDED)))
        .containsExactly(new SendDone(F, attempt(1), Ending.DECIDED), new Start(attempt(2)));
    assertThat(wide.offer(F, attempt(4))).containsExactly(new SendReject(F, attempt(4), slots(0)));
    assertThat(wide.on(new ExecutorEvent.Ended(attempt(2), Ending.DECIDED)))
        .containsExactly(
            new SendDone(F, attempt(2), Ending.DECIDED), new SendToken(F, slots(1), false));
  }

  @Test
  void anAttemptThatWaitsToRunAloneCanBeKilled() {
    wide.connect(F);
    wide.offer(F, attempt(1));
    wide.offerAlone(F, attempt(2));

    assertThat(wide.on(new ExecutorEvent.KillReceived(F, attempt(2))))
        .containsExactly(
            new SendDone(F, attempt(2), Ending.KILLED), new SendToken(F, slots(1), false));
  }

  // Asking for work.

  @Test
  void aFreedSlotPullsWhereAReservationIs() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));
    assertThat(executor.reserve(G, 2)).isEmpty();

    assertThat(end(attempt(1), Ending.DECIDED))
        .containsExactly(new SendDone(F, attempt(1), Ending.DECIDED), new SendPull(G, slots(1)));
    assertThat(executor.snapshot().frontends())
        .contains(new ExecutorSnapshot.Frontend(G, 1, Resources.NONE, Resources.NONE, slots(1), 1));
  }

  @Test
  void aFreedSlotIsLeftToItsFrontend_andToAllOnceThatHasNoUseForIt() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));

    assertThat(end(attempt(1), Ending.DECIDED))
        .containsExactly(
            new SendDone(F, attempt(1), Ending.DECIDED), new SendToken(F, slots(1), false));
    assertThat(executor.advance(TOLD_TO_ALL)).containsExactly(new SendToken(G, slots(1), true));
  }

  @Test
  void aSlotThatIsUsedAgainIsToldToNobodyElse() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));
    end(attempt(1), Ending.DECIDED);

    executor.offer(F, attempt(2));

    assertThat(executor.advance(TOLD_TO_ALL)).isEmpty();
  }

  @Test
  void eachFrontendIsLeftWhatItsOwnAttemptsHad() {
    wide.connect(F);
    wide.connect(G);
    for (int number = 1; number <= 4; number++) {
      wide.offer(number == 1 ? G : F, attempt(number));
    }
    wide.on(new ExecutorEvent.Ended(attempt(2), Ending.DECIDED));

    assertThat(wide.on(new ExecutorEvent.Ended(attempt(1), Ending.DECIDED)))
        .containsExactly(
            new SendDone(G, attempt(1), Ending.DECIDED), new SendToken(G, slots(1), false));
  }

  @Test
  void aReservationAtAnIdleExecutorIsPulledAtOnce() {
    wide.connect(F);

    assertThat(wide.reserve(F, 1)).containsExactly(new SendPull(F, slots(4)));
  }

  @Test
  void theMostOverdueFrontendIsPulledFirst_thenTheNext_thenAllAreTold() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Reserved(F, 1, -5));
    executor.on(new ExecutorEvent.Reserved(G, 1, 7));

    assertThat(end(attempt(1), Ending.DECIDED)).contains(new SendPull(G, slots(1)));
    assertThat(executor.on(new ExecutorEvent.PullAnswered(G, List.of(), 0)))
        .containsExactly(new SendPull(F, slots(1)));
    assertThat(executor.on(new ExecutorEvent.PullAnswered(F, List.of(), 0))).isEmpty();
    assertThat(executor.advance(TOLD_TO_ALL))
        .containsExactly(new SendToken(F, slots(1), true), new SendToken(G, slots(1), true));
  }

  @Test
  void theAnswerToAPullSaysAnewHowMuchIsOverdue() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Reserved(F, 1, 5));
    executor.on(new ExecutorEvent.Reserved(G, 2, 7));
    end(attempt(1), Ending.DECIDED);

    assertThat(executor.on(new ExecutorEvent.PullAnswered(G, List.of(), 3)))
        .containsExactly(new SendPull(F, slots(1)));
  }

  @Test
  void whatAPullBringsIsRun() {
    wide.connect(F);
    wide.reserve(F, 1);

    assertThat(
            wide.on(
                new ExecutorEvent.PullAnswered(
                    F,
                    List.of(DrivenExecutor.offered(attempt(1)), DrivenExecutor.offered(attempt(2))),
                    0)))
        .containsExactly(
            new SendAccept(F, attempt(1)),
            new Start(attempt(1)),
            new SendAccept(F, attempt(2)),
            new Start(attempt(2)));
    assertThat(wide.advance(TOLD_TO_ALL)).containsExactly(new SendToken(F, slots(2), true));
  }

  @Test
  void aSlotThatFreesWhileAPullIsUnderWayPullsForItself() {
    wide.connect(F);
    for (int number = 1; number <= 4; number++) {
      wide.offer(F, attempt(number));
    }
    wide.reserve(F, 2);

    assertThat(wide.on(new ExecutorEvent.Ended(attempt(1), Ending.DECIDED)))
        .contains(new SendPull(F, slots(1)));
    assertThat(wide.on(new ExecutorEvent.Ended(attempt(2), Ending.DECIDED)))
        .contains(new SendPull(F, slots(1)));
  }

  @Test
  void aFrontendThatDoesNotAnswerIsPassedOver() {
    executor.connect(F);
    executor.connect(G);
    executor.reserve(F, 1);

    List<ExecutorEffect> effects = executor.advance(Duration.ofSeconds(1));

    assertThat(effects).contains(new SendToken(F, slots(1), true));
    // Its late answer is an offer like any other.
    assertThat(
            executor.on(
                new ExecutorEvent.PullAnswered(F, List.of(DrivenExecutor.offered(attempt(1))), 0)))
        .contains(new Start(attempt(1)));
  }

  @Test
  void reservationsThatAreTakenBackArePulledNoMore() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.reserve(F, 2);

    executor.on(new ExecutorEvent.ReservationsCancelled(F, 5));

    assertThat(end(attempt(1), Ending.DECIDED))
        .containsExactly(
            new SendDone(F, attempt(1), Ending.DECIDED), new SendToken(F, slots(1), false));
  }

  @Test
  void aReservationThatIsTakenBackAfterItsPullIsOwed() {
    executor.connect(F);
    executor.reserve(F, 1);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.ReservationsCancelled(F, 1));
    executor.on(new ExecutorEvent.PullAnswered(F, List.of(), 0));

    executor.reserve(F, 2);

    assertThat(executor.snapshot().frontends())
        .containsExactly(
            new ExecutorSnapshot.Frontend(F, 1, Resources.NONE, Resources.NONE, Resources.NONE, 0));
  }

  @Test
  void reservationsEndWithTheirStream() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));
    executor.reserve(G, 1);

    executor.on(new ExecutorEvent.Disconnected(G));

    assertThat(end(attempt(1), Ending.DECIDED))
        .containsExactly(
            new SendDone(F, attempt(1), Ending.DECIDED), new SendToken(F, slots(1), false));
  }

  // Results.

  @Test
  void aResultIsSentAgainUntilItIsAcknowledged() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Disconnected(F));
    assertThat(end(attempt(1), Ending.DECIDED)).isEmpty();

    List<ExecutorEffect> effects = executor.connect(F);

    assertThat(effects)
        .containsExactly(
            new SendHello(F, List.of(new AttemptProgress(attempt(1), Phase.REPORTED)), false),
            new SendDone(F, attempt(1), Ending.DECIDED));
    assertThat(executor.on(new ExecutorEvent.Acknowledged(F, attempt(1))))
        .containsExactly(new Forget(attempt(1)));
    assertThat(executor.snapshot().held()).isEmpty();
  }

  @Test
  void aResultHoldsNoSlot() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    end(attempt(1), Ending.DECIDED);

    assertThat(executor.offer(F, attempt(2))).contains(new Start(attempt(2)));
  }

  @Test
  void aResultThatNobodyWantsIsForgottenAfterTenMinutes() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Disconnected(F));
    end(attempt(1), Ending.DECIDED);

    assertThat(executor.advance(Duration.ofMinutes(10).minusNanos(1))).isEmpty();
    assertThat(executor.advance(Duration.ofNanos(1))).containsExactly(new Forget(attempt(1)));
  }

  @Test
  void aRunningAttemptIsNotForgottenByAnEarlyAcknowledgement() {
    executor.connect(F);
    executor.offer(F, attempt(1));

    assertThat(executor.on(new ExecutorEvent.Acknowledged(F, attempt(1)))).isEmpty();
    assertThat(executor.snapshot().free().slots()).isZero();
  }

  @Test
  void nobodyDecidesOnAttemptsOfAnother() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));

    assertThat(executor.on(new ExecutorEvent.KillReceived(G, attempt(1)))).isEmpty();
    end(attempt(1), Ending.DECIDED);
    assertThat(executor.on(new ExecutorEvent.Acknowledged(G, attempt(1)))).isEmpty();
    assertThat(executor.snapshot().held()).hasSize(1);
  }

  // Kills.

  @Test
  void aKilledAttemptKeepsItsSlotUntilItIsDead() {
    executor.connect(F);
    executor.offer(F, attempt(1));

    assertThat(executor.on(new ExecutorEvent.KillReceived(F, attempt(1))))
        .containsExactly(new Stop(attempt(1)));
    assertThat(executor.snapshot().free().slots()).isZero();
    assertThat(executor.snapshot().stopping()).containsExactly(attempt(1));
    assertThat(executor.on(new ExecutorEvent.KillReceived(F, attempt(1)))).isEmpty();
    // It may have ended by itself in the same moment: it is killed all the same.
    assertThat(end(attempt(1), Ending.DECIDED))
        .containsExactly(
            new SendDone(F, attempt(1), Ending.KILLED), new SendToken(F, slots(1), false));
  }

  @Test
  void aKilledAttemptIsNotAnnouncedToARestartedFrontend() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.KillReceived(F, attempt(1)));
    executor.on(new ExecutorEvent.Disconnected(F));

    assertThat(executor.on(new ExecutorEvent.Connected(F)))
        .containsExactly(new SendHello(F, List.of(), false));
  }

  @Test
  void aKillThatComesTooLateChangesNothing() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    end(attempt(1), Ending.DECIDED);

    assertThat(executor.on(new ExecutorEvent.KillReceived(F, attempt(1)))).isEmpty();
    assertThat(executor.on(new ExecutorEvent.KillReceived(F, attempt(99)))).isEmpty();
  }

  // Progress.

  @Test
  void eachChangeOfPhaseIsToldAtOnce() {
    executor.connect(F);
    executor.offer(F, attempt(1));

    assertThat(executor.on(new ExecutorEvent.PhaseReached(attempt(1), Phase.EXECUTING)))
        .containsExactly(
            new SendProgress(F, List.of(new AttemptProgress(attempt(1), Phase.EXECUTING))));
  }

  @Test
  void everyFrontendHearsOnceASecondWhatRunsForIt() {
    wide.connect(F);
    wide.connect(G);
    wide.offer(F, attempt(1));
    wide.advance(TOLD_TO_ALL);

    assertThat(wide.advance(Duration.ofSeconds(1)))
        .containsExactly(
            new SendProgress(F, List.of(new AttemptProgress(attempt(1), Phase.FETCHING))),
            new SendProgress(G, List.of()));
  }

  @Test
  void aRunningAttemptIsAnnouncedAfterAReconnect() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.PhaseReached(attempt(1), Phase.EXECUTING));
    executor.on(new ExecutorEvent.Disconnected(F));

    assertThat(executor.on(new ExecutorEvent.Connected(F)))
        .containsExactly(
            new SendHello(F, List.of(new AttemptProgress(attempt(1), Phase.EXECUTING)), false));
  }
}
