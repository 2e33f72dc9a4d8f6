package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.EPOCH;
import static build.sparrow.scheduling.owner.DrivenOwner.LINUX;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.offered;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Executors announce to a new owner what they hold from a former one. */
final class OwnerRestartTest {
  private static final ExecutorId ONE = executor("e1");
  private static final ExecutorId TWO = executor("e2");
  private static final AttemptId FORMER = new AttemptId("former epoch", 7);
  private static final OperationId NEW_NAME = new OperationId("new name");

  private final DrivenOwner owner = new DrivenOwner();

  private List<OwnerEffect> announce(ExecutorId executor, AttemptId attempt, Phase phase) {
    return owner.hello(executor, LINUX, 1, owner.held(attempt, "a", phase));
  }

  private List<OwnerEffect> executeAgain() {
    return owner.on(
        new OwnerEvent.Submit(owner.newWatcher(), NEW_NAME, new ActionId("a"), LINUX, 0, true));
  }

  @Test
  void aHeldAttemptBecomesAnOperation() {
    assertThat(announce(ONE, FORMER, Phase.EXECUTING))
        .containsExactly(
            new OwnerEffect.SendWelcome(ONE, Map.of()),
            new OwnerEffect.Adopted(operation("a"), ONE, FORMER),
            new OwnerEffect.StageChanged(operation("a"), Stage.EXECUTING, ONE));
  }

  @Test
  void aClientThatExecutesAgainJoinsTheRunningAttempt() {
    announce(ONE, FORMER, Phase.EXECUTING);

    List<OwnerEffect> effects = executeAgain();

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.Follow(new WatcherId(1), operation("a"), Stage.EXECUTING, ONE));
    owner.done(ONE, FORMER);
    assertThat(owner.on(new OwnerEvent.Concluded(operation("a"))))
        .containsExactly(new OwnerEffect.Completed(operation("a"), FORMER));
    assertThat(owner.advance(Duration.ofSeconds(10)))
        .contains(new OwnerEffect.SendAck(ONE, FORMER));
  }

  @Test
  void aClientThatWaitsByTheOldNameFindsIt() {
    announce(ONE, FORMER, Phase.EXECUTING);
    WatcherId watcher = owner.newWatcher();

    assertThat(owner.on(new OwnerEvent.Watch(watcher, operation("a"))))
        .containsExactly(new OwnerEffect.Follow(watcher, operation("a"), Stage.EXECUTING, ONE));
  }

  @Test
  void aHeldAttemptThatNobodyAsksForIsKilledAfterAWhile() {
    announce(ONE, FORMER, Phase.EXECUTING);
    owner.advance(Duration.ofSeconds(7));
    owner.on(new OwnerEvent.Progressed(ONE, List.of()));
    owner.advance(Duration.ofSeconds(7));
    owner.on(new OwnerEvent.Progressed(ONE, List.of()));

    assertThat(owner.advance(Duration.ofSeconds(1)))
        .containsExactly(
            new OwnerEffect.SendKill(ONE, FORMER), new OwnerEffect.Forget(operation("a")));
  }

  @Test
  void aResultThatIsThereBeforeItsClientServesIt() {
    announce(ONE, FORMER, Phase.REPORTED);
    owner.done(ONE, FORMER);
    owner.on(new OwnerEvent.Concluded(operation("a")));

    assertThat(executeAgain())
        .containsExactly(
            new OwnerEffect.Follow(new WatcherId(1), operation("a"), Stage.COMPLETED, null));
  }

  @Test
  void aResultIsNotServedForEver() {
    announce(ONE, FORMER, Phase.REPORTED);
    owner.done(ONE, FORMER);
    owner.on(new OwnerEvent.Concluded(operation("a")));
    owner.advance(Duration.ofSeconds(15));

    executeAgain();

    assertThat(owner.view(NEW_NAME).stage()).isEqualTo(Stage.QUEUED);
  }

  @Test
  void aHeldAttemptServesTheCallThatWasThereFirst() {
    executeAgain();

    List<OwnerEffect> effects = announce(ONE, FORMER, Phase.EXECUTING);

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.SendWelcome(ONE, Map.of()),
            new OwnerEffect.StageChanged(NEW_NAME, Stage.EXECUTING, ONE));
    assertThat(owner.done(ONE, FORMER))
        .containsExactly(new OwnerEffect.Conclude(NEW_NAME, ONE, FORMER));
  }

  @Test
  void aSecondAttemptAtTheSameActionIsKilled() {
    announce(ONE, FORMER, Phase.EXECUTING);
    AttemptId second = new AttemptId("former epoch", 8);

    assertThat(announce(TWO, second, Phase.EXECUTING))
        .containsExactly(
            new OwnerEffect.SendWelcome(TWO, Map.of()), new OwnerEffect.SendKill(TWO, second));
  }

  @Test
  void aSecondAttemptThatHasEndedDecidesAtOnce() {
    announce(ONE, FORMER, Phase.EXECUTING);
    AttemptId second = new AttemptId("former epoch", 8);
    announce(TWO, second, Phase.REPORTED);

    assertThat(owner.done(TWO, second))
        .containsExactly(
            new OwnerEffect.SendKill(ONE, FORMER),
            new OwnerEffect.Conclude(operation("a"), TWO, second));
  }

  @Test
  void anAttemptOfThisOwnerThatItGaveUpIsKilled() {
    AttemptId unwanted = new AttemptId(EPOCH, 50);

    assertThat(announce(ONE, unwanted, Phase.EXECUTING))
        .containsExactly(
            new OwnerEffect.SendWelcome(ONE, Map.of()), new OwnerEffect.SendKill(ONE, unwanted));
  }

  @Test
  void aResultOfThisOwnerThatNobodyWantsIsAcknowledged() {
    AttemptId unwanted = new AttemptId(EPOCH, 50);

    assertThat(announce(ONE, unwanted, Phase.REPORTED))
        .containsExactly(new OwnerEffect.SendWelcome(ONE, Map.of()));
    assertThat(owner.done(ONE, unwanted)).containsExactly(new OwnerEffect.SendAck(ONE, unwanted));
  }

  @Test
  void anAdoptedActionThatIsLostRunsAgain() {
    announce(ONE, FORMER, Phase.EXECUTING);
    owner.loseSilently(ONE);
    owner.join("e2", 1);

    assertThat(offered(owner.token(TWO, 1))).containsExactly(operation("a"));
  }
}
