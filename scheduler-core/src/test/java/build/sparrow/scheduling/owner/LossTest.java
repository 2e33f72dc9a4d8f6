package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.LINUX;
import static build.sparrow.scheduling.owner.DrivenOwner.attempt;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.offered;
import static build.sparrow.scheduling.owner.DrivenOwner.offers;
import static build.sparrow.scheduling.owner.DrivenOwner.only;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LossTest {
  private static final ExecutorId ONE = executor("e1");
  private static final ExecutorId TWO = executor("e2");
  private static final ExecutorId THREE = executor("e3");

  private final DrivenOwner owner = new DrivenOwner();

  @Test
  void anExecutorThatIsBackInTimeKeepsItsAttempts() {
    AttemptId attempt = owner.run("a", ONE);
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));
    owner.advance(Duration.ofMillis(499));

    List<OwnerEffect> effects =
        owner.hello(ONE, LINUX, 1, owner.held(attempt, "a", Phase.EXECUTING));

    assertThat(effects).containsExactly(new OwnerEffect.SendWelcome(ONE, Map.of()));
    assertThat(owner.advance(Duration.ofSeconds(1))).isEmpty();
    assertThat(owner.view(operation("a")).executor()).isEqualTo(ONE);
  }

  @Test
  void theActionsOfALostExecutorReturnToTheHeadOfTheQueue() {
    owner.run("a", ONE);
    owner.submit("b");
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));

    List<OwnerEffect> effects = owner.advance(Duration.ofMillis(500));

    assertThat(effects)
        .containsExactly(new OwnerEffect.StageChanged(operation("a"), Stage.QUEUED, null));
    assertThat(owner.view(operation("a")).queuePosition()).isEqualTo(1);
    assertThat(owner.view(operation("b")).queuePosition()).isEqualTo(2);
    assertThat(owner.view(operation("a")).losses()).isEqualTo(1);
  }

  @Test
  void aLateResultOfALostAttemptCountsAndEndsTheSecond() {
    AttemptId first = owner.run("a", ONE);
    owner.loseSilently(ONE);
    AttemptId second = owner.runNext(TWO);
    owner.hello(ONE, LINUX, 1, owner.held(first, "a", Phase.REPORTED));

    List<OwnerEffect> effects = owner.done(ONE, first);

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.SendKill(TWO, second),
            new OwnerEffect.Conclude(operation("a"), ONE, first));
  }

  @Test
  void aLostAttemptThatTurnsUpWhileItsActionStillWaitsGoesOn() {
    AttemptId attempt = owner.run("a", ONE);
    owner.loseSilently(ONE);

    List<OwnerEffect> effects =
        owner.hello(ONE, LINUX, 1, owner.held(attempt, "a", Phase.EXECUTING));

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.SendWelcome(ONE, Map.of()),
            new OwnerEffect.StageChanged(operation("a"), Stage.EXECUTING, ONE));
    assertThat(owner.done(ONE, attempt))
        .containsExactly(new OwnerEffect.Conclude(operation("a"), ONE, attempt));
  }

  @Test
  void aLostAttemptThatTurnsUpWhileAnotherRunsIsKilled() {
    AttemptId first = owner.run("a", ONE);
    owner.loseSilently(ONE);
    AttemptId second = owner.runNext(TWO);

    List<OwnerEffect> effects = owner.hello(ONE, LINUX, 1, owner.held(first, "a", Phase.EXECUTING));

    assertThat(effects).contains(new OwnerEffect.SendKill(ONE, first));
    // A killed attempt never counts, whatever it says.
    assertThat(owner.done(ONE, first)).containsExactly(new OwnerEffect.SendAck(ONE, first));
    assertThat(owner.view(operation("a")).attempt()).isEqualTo(second);
  }

  @Test
  void aResultFromAnExecutorThatDoesNotHoldTheAttemptChangesNothing() {
    AttemptId attempt = owner.run("a", ONE);
    owner.join("e2", 1);

    List<OwnerEffect> effects = owner.done(TWO, attempt);

    assertThat(effects).containsExactly(new OwnerEffect.SendAck(TWO, attempt));
    assertThat(owner.view(operation("a")).stage()).isEqualTo(Stage.EXECUTING);
    assertThat(owner.done(ONE, attempt))
        .containsExactly(new OwnerEffect.Conclude(operation("a"), ONE, attempt));
  }

  @Test
  void aLostAttemptIsReportedByItsOwnExecutorOnly() {
    AttemptId attempt = owner.run("a", ONE);
    owner.loseSilently(ONE);
    owner.join("e2", 1);

    assertThat(owner.done(TWO, attempt)).containsExactly(new OwnerEffect.SendAck(TWO, attempt));
    assertThat(owner.view(operation("a")).stage()).isEqualTo(Stage.QUEUED);
  }

  @Test
  void anInventedAttemptIsAnsweredAndForgotten() {
    owner.join("e1", 1);
    AttemptId invented = new AttemptId("nobody", 7);

    assertThat(owner.done(ONE, invented)).containsExactly(new OwnerEffect.SendAck(ONE, invented));
    assertThat(owner.accept(ONE, invented)).isEmpty();
    assertThat(owner.on(new OwnerEvent.Rejected(ONE, invented, Resources.slots(1)))).isEmpty();
    assertThat(owner.on(new OwnerEvent.HandedBack(ONE, invented))).isEmpty();
  }

  @Test
  void anAttemptThatNobodyWantsIsKilledOnItsNextHeartbeat() {
    owner.join("e1", 1);
    AttemptId unwanted = new AttemptId(DrivenOwner.EPOCH, 99);

    assertThat(
            owner.on(
                new OwnerEvent.Progressed(
                    ONE, List.of(new AttemptProgress(unwanted, Phase.EXECUTING)))))
        .containsExactly(new OwnerEffect.SendKill(ONE, unwanted));
  }

  @Test
  void fourInfrastructureLossesAreForgivenAndTheFifthFails() {
    owner.submit("a");
    ExecutorId flapping = executor("e1");
    for (int loss = 1; loss <= 4; loss++) {
      owner.runNext(flapping);
      owner.loseSilently(flapping);
      assertThat(owner.view(operation("a")).losses()).isEqualTo(loss);
    }
    owner.runNext(flapping);
    owner.on(new OwnerEvent.ExecutorDisconnected(flapping));

    List<OwnerEffect> effects = owner.advance(Duration.ofMillis(500));

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.Fail(operation("a"), new OperationFailure.InfrastructureSpent(5, 4)));
  }

  @Test
  void preemptionsAreNeverCharged() {
    owner.submit("a");
    for (int number = 0; number < 20; number++) {
      ExecutorId executor = executor("spot" + number);
      owner.runNext(executor);
      owner.on(new OwnerEvent.LossNews(executor.name(), LossClass.PREEMPTED));

      // With the news at hand there is nothing to wait for.
      assertThat(owner.on(new OwnerEvent.ExecutorDisconnected(executor)))
          .contains(new OwnerEffect.StageChanged(operation("a"), Stage.QUEUED, null));
    }

    assertThat(owner.view(operation("a")).losses()).isZero();
  }

  @Test
  void newsEndsTheWaitForASuspect() {
    owner.run("a", ONE);
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));

    assertThat(owner.on(new OwnerEvent.LossNews("e1", LossClass.PREEMPTED)))
        .containsExactly(new OwnerEffect.StageChanged(operation("a"), Stage.QUEUED, null));
    assertThat(owner.view(operation("a")).losses()).isZero();
  }

  @Test
  void theLossOfADrainingExecutorIsNotCharged() {
    owner.run("a", ONE);
    owner.on(new OwnerEvent.ExecutorDraining(ONE, Duration.ofSeconds(25)));

    owner.loseSilently(ONE);

    assertThat(owner.view(operation("a")).stage()).isEqualTo(Stage.QUEUED);
    assertThat(owner.view(operation("a")).losses()).isZero();
  }

  @Test
  void aHandedBackAttemptReturnsToTheHeadUncharged() {
    AttemptId attempt = owner.run("a", ONE);
    owner.submit("b");

    List<OwnerEffect> effects = owner.on(new OwnerEvent.HandedBack(ONE, attempt));

    assertThat(effects).contains(new OwnerEffect.StageChanged(operation("a"), Stage.QUEUED, null));
    assertThat(owner.view(operation("a")).queuePosition()).isEqualTo(1);
    assertThat(owner.view(operation("a")).losses()).isZero();
  }

  @Test
  void anOfferThatWasNeverAnsweredIsNotCharged() {
    owner.join("e1", 1);
    owner.token(ONE, 1);
    owner.submit("a");

    owner.loseSilently(ONE);

    assertThat(owner.view(operation("a")).stage()).isEqualTo(Stage.QUEUED);
    assertThat(owner.view(operation("a")).losses()).isZero();
  }

  @Test
  void twoWantsOfMemoryAreForgivenAndTheThirdFails() {
    owner.submit("a");
    List<OwnerEffect> effects = List.of();
    for (int loss = 0; loss < 3; loss++) {
      AttemptId attempt = owner.runNext(ONE);
      effects = owner.on(new OwnerEvent.Finished(ONE, attempt, Ending.OUT_OF_MEMORY));
      assertThat(effects).contains(new OwnerEffect.SendAck(ONE, attempt));
    }

    assertThat(effects)
        .contains(
            new OwnerEffect.Fail(operation("a"), new OperationFailure.OutOfMemorySpent(3, 2)));
  }

  @Test
  void anExecutorKilledForWantOfMemoryChargesItsOnlyAction() {
    owner.run("a", ONE);
    owner.on(new OwnerEvent.LossNews("e1", LossClass.OUT_OF_MEMORY));
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));

    AttemptId attempt = owner.runNext(TWO);
    owner.on(new OwnerEvent.Finished(TWO, attempt, Ending.OUT_OF_MEMORY));
    AttemptId last = owner.runNext(TWO);

    assertThat(owner.on(new OwnerEvent.Finished(TWO, last, Ending.OUT_OF_MEMORY)))
        .contains(
            new OwnerEffect.Fail(operation("a"), new OperationFailure.OutOfMemorySpent(3, 2)));
  }

  @Test
  void anActionUnderWhichTwoExecutorsDiedRunsAloneOnceMoreAndThenFails() {
    owner.submit("a");
    owner.runNext(ONE);
    owner.loseSilently(ONE);
    owner.runNext(TWO);
    owner.loseSilently(TWO);
    owner.join("e3", 4);

    OfferedAttempt last = offers(owner.token(THREE, 4)).getFirst();
    owner.accept(THREE, last.attempt());
    owner.on(new OwnerEvent.ExecutorDisconnected(THREE));
    List<OwnerEffect> effects = owner.advance(Duration.ofMillis(500));

    assertThat(last.alone()).isTrue();
    assertThat(effects)
        .containsExactly(
            new OwnerEffect.Fail(
                operation("a"), new OperationFailure.Poisonous(List.of(ONE, TWO, THREE))));
  }

  @Test
  void theSameExecutorLostTwiceIsNoSecondDeath() {
    owner.submit("a");
    owner.runNext(ONE);
    owner.loseSilently(ONE);
    owner.runNext(ONE);
    owner.loseSilently(ONE);
    owner.join("e2", 1);

    assertThat(offers(owner.token(TWO, 1)).getFirst().alone()).isFalse();
  }

  @Test
  void anActionThatFailedAtAnExecutorGoesToAnother() {
    AttemptId attempt = owner.run("a", ONE);
    owner.join("e2", 1);
    owner.on(new OwnerEvent.Finished(ONE, attempt, Ending.EXECUTOR_FAILED));

    // It failed so fast that it is idle first.
    assertThat(offered(owner.token(ONE, 1))).isEmpty();
    assertThat(offered(owner.pull(ONE, 1))).isEmpty();
    assertThat(offered(owner.token(TWO, 1))).containsExactly(operation("a"));
  }

  @Test
  void anActionThatFailedAtTheOnlyExecutorGoesThereAgain() {
    AttemptId attempt = owner.run("a", ONE);
    owner.on(new OwnerEvent.Finished(ONE, attempt, Ending.EXECUTOR_FAILED));

    assertThat(offered(owner.token(ONE, 1))).containsExactly(operation("a"));
  }

  @Test
  void anActionThatKeptClearOfAnExecutorGoesThereWhenTheOthersAreGone() {
    AttemptId attempt = owner.run("a", ONE);
    owner.join("e2", 1);
    owner.on(new OwnerEvent.Finished(ONE, attempt, Ending.EXECUTOR_FAILED));
    owner.token(ONE, 1);

    List<OwnerEffect> effects = owner.on(new OwnerEvent.ExecutorDisconnected(TWO));

    assertThat(offered(effects)).containsExactly(operation("a"));
  }

  @Test
  void aNewProcessOfTheSameNameEndsTheOldOneAtOnce() {
    owner.run("a", ONE);
    ExecutorId successor = new ExecutorId("e1", "2");

    List<OwnerEffect> effects = owner.hello(successor, LINUX, 1);

    assertThat(effects)
        .startsWith(
            new OwnerEffect.Disconnect(ONE),
            new OwnerEffect.StageChanged(operation("a"), Stage.QUEUED, null),
            new OwnerEffect.SendWelcome(successor, Map.of()));
    assertThat(owner.snapshot().executors()).hasSize(1);
  }

  @Test
  void anExecutorThatIsSilentForEightSecondsIsLost() {
    owner.run("a", ONE);
    owner.advance(Duration.ofSeconds(5));
    owner.on(new OwnerEvent.Progressed(ONE, List.of()));

    assertThat(owner.advance(Duration.ofMillis(7_999))).isEmpty();
    assertThat(owner.advance(Duration.ofMillis(1)))
        .containsExactly(
            new OwnerEffect.Disconnect(ONE),
            new OwnerEffect.StageChanged(operation("a"), Stage.QUEUED, null));
  }

  @Test
  void anOwnerThatSleptItselfGivesExecutorsTimeToSpeak() {
    owner.run("a", ONE);
    owner.sleep(Duration.ofSeconds(30));

    assertThat(owner.on(new OwnerEvent.Tick())).isEmpty();
    owner.on(new OwnerEvent.Progressed(ONE, List.of()));

    assertThat(owner.advance(Duration.ofSeconds(7))).isEmpty();
    assertThat(owner.view(operation("a")).stage()).isEqualTo(Stage.EXECUTING);
  }

  @Test
  void whatAForgottenStreamSaysIsVoid() {
    AttemptId attempt = owner.run("a", ONE);
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));

    assertThat(owner.done(ONE, attempt)).isEmpty();
    assertThat(owner.token(ONE, 1)).isEmpty();
    assertThat(owner.view(operation("a")).stage()).isEqualTo(Stage.EXECUTING);
  }

  @Test
  void anAcceptThatWasLostIsLearntFromTheNextHello() {
    owner.join("e1", 1);
    owner.token(ONE, 1);
    AttemptId attempt = attempt("a", owner.submit("a"));
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));

    List<OwnerEffect> effects =
        owner.hello(ONE, LINUX, 1, owner.held(attempt, "a", Phase.FETCHING));

    assertThat(only(OwnerEffect.StageChanged.class, effects))
        .containsExactly(new OwnerEffect.StageChanged(operation("a"), Stage.EXECUTING, ONE));
  }

  @Test
  void anOfferThatWasLostIsMadeAgain() {
    owner.join("e1", 1);
    owner.token(ONE, 1);
    AttemptId lost = attempt("a", owner.submit("a"));
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));

    owner.hello(ONE, LINUX, 1);
    AttemptId again = attempt("a", owner.token(ONE, 1));

    assertThat(again).isNotEqualTo(lost);
    assertThat(owner.view(operation("a")).losses()).isZero();
  }
}
