package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.LINUX;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.offered;
import static build.sparrow.scheduling.owner.DrivenOwner.only;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static build.sparrow.scheduling.owner.DrivenOwner.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

final class WatchersTest {
  private static final ExecutorId ONE = executor("e1");

  private final DrivenOwner owner = new DrivenOwner();

  private List<OwnerEffect> leave(int watcher, Departure departure) {
    return owner.on(new OwnerEvent.WatcherLeft(new WatcherId(watcher), departure));
  }

  @Test
  void equalActionsInFlightAreOneOperation() {
    AttemptId attempt = owner.run("a", ONE);

    List<OwnerEffect> effects =
        owner.on(
            new OwnerEvent.Submit(
                new WatcherId(77),
                new OperationId("another name"),
                new ActionId("a"),
                LINUX,
                0,
                true));

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.Follow(new WatcherId(77), operation("a"), Stage.EXECUTING, ONE));
    assertThat(owner.view(operation("a")).attempt()).isEqualTo(attempt);
    assertThat(owner.view(operation("a")).watchers()).isEqualTo(2);
  }

  @Test
  void anActionThatMustNotBeMergedRunsByItself() {
    owner.run("a", ONE);
    OperationId own = new OperationId("own");

    owner.on(new OwnerEvent.Submit(owner.newWatcher(), own, new ActionId("a"), LINUX, 0, false));

    assertThat(owner.view(own).stage()).isEqualTo(Stage.QUEUED);
  }

  @Test
  void theResultIsPublishedAndAcknowledgedOnlyOnceItIsCached() {
    AttemptId attempt = owner.run("a", ONE);

    List<OwnerEffect> done = owner.done(ONE, attempt);
    List<OwnerEffect> concluded = owner.on(new OwnerEvent.Concluded(operation("a")));

    assertThat(done).containsExactly(new OwnerEffect.Conclude(operation("a"), ONE, attempt));
    assertThat(concluded).containsExactly(new OwnerEffect.Completed(operation("a"), attempt));
    owner.advance(Duration.ofSeconds(5));
    owner.heartbeat(ONE);
    assertThat(owner.advance(Duration.ofSeconds(5)))
        .containsExactly(new OwnerEffect.SendAck(ONE, attempt));
  }

  @Test
  void anAcknowledgementGoesWithTheNextOffer() {
    AttemptId attempt = owner.run("a", ONE);
    owner.done(ONE, attempt);
    owner.on(new OwnerEvent.Concluded(operation("a")));
    owner.token(ONE, 1);

    List<OwnerEffect> effects = owner.submit("b");

    assertThat(effects).hasAtLeastOneElementOfType(OwnerEffect.SendOffer.class);
    assertThat(effects).endsWith(new OwnerEffect.SendAck(ONE, attempt));
    assertThat(only(OwnerEffect.SendAck.class, owner.advance(Duration.ofSeconds(10)))).isEmpty();
  }

  @Test
  void anExecutorThatDrainsIsToldAtOnceWhatIsOwedToIt() {
    AttemptId attempt = owner.run("a", ONE);
    owner.done(ONE, attempt);
    owner.on(new OwnerEvent.Concluded(operation("a")));

    assertThat(owner.on(new OwnerEvent.ExecutorDraining(ONE, Duration.ofMinutes(1))))
        .containsExactly(new OwnerEffect.SendAck(ONE, attempt));
  }

  @Test
  void anExecutorThatDrainsIsToldAtOnceOfALaterResult() {
    AttemptId attempt = owner.run("a", ONE);
    owner.on(new OwnerEvent.ExecutorDraining(ONE, Duration.ofMinutes(1)));
    owner.done(ONE, attempt);

    assertThat(owner.on(new OwnerEvent.Concluded(operation("a"))))
        .contains(new OwnerEffect.SendAck(ONE, attempt));
  }

  @Test
  void aResultThatIsSentAgainWhileItIsCachedIsNotAcknowledgedEarly() {
    AttemptId attempt = owner.run("a", ONE);
    owner.done(ONE, attempt);
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));

    List<OwnerEffect> hello = owner.hello(ONE, LINUX, 1, owner.held(attempt, "a", Phase.REPORTED));
    List<OwnerEffect> again = owner.done(ONE, attempt);

    assertThat(hello).containsExactly(new OwnerEffect.SendWelcome(ONE, Map.of()));
    assertThat(again).isEmpty();
    owner.on(new OwnerEvent.Concluded(operation("a")));
    owner.advance(Duration.ofSeconds(5));
    owner.heartbeat(ONE);
    assertThat(owner.advance(Duration.ofSeconds(5)))
        .containsExactly(new OwnerEffect.SendAck(ONE, attempt));
    assertThat(owner.done(ONE, attempt)).containsExactly(new OwnerEffect.SendAck(ONE, attempt));
  }

  @Test
  void aCallThatComesWhileTheResultIsCachedJoins() {
    AttemptId attempt = owner.run("a", ONE);
    owner.done(ONE, attempt);

    List<OwnerEffect> effects = owner.submit("a");

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.Follow(new WatcherId(2), operation("a"), Stage.EXECUTING, ONE));
  }

  @Test
  void aCallJoinsTheResultOnItsWayEvenIfAllOthersLeft() {
    AttemptId attempt = owner.run("a", ONE);
    owner.done(ONE, attempt);
    leave(1, Departure.CANCELLED);
    owner.advance(Duration.ofSeconds(1));

    assertThat(only(OwnerEffect.Follow.class, owner.submit("a")))
        .extracting(OwnerEffect.Follow::operation)
        .containsExactly(operation("a"));
  }

  @Test
  void aNameIsUsedOnce() {
    owner.submit("a");

    assertThatThrownBy(
            () ->
                owner.on(
                    new OwnerEvent.Submit(
                        owner.newWatcher(),
                        operation("a"),
                        new ActionId("another"),
                        LINUX,
                        0,
                        true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Operation operations/a exists; propose a new name for each call");
  }

  @Test
  void aCallThatComesAfterwardsStartsAnew() {
    AttemptId attempt = owner.run("a", ONE);
    owner.done(ONE, attempt);
    owner.on(new OwnerEvent.Concluded(operation("a")));
    OperationId second = new OperationId("second");

    owner.on(new OwnerEvent.Submit(owner.newWatcher(), second, new ActionId("a"), LINUX, 0, true));

    assertThat(owner.view(second).stage()).isEqualTo(Stage.QUEUED);
  }

  @Test
  void aFinishedOperationCanBeAskedForDuringAMinute() {
    AttemptId attempt = owner.run("a", ONE);
    owner.done(ONE, attempt);
    owner.on(new OwnerEvent.Concluded(operation("a")));
    WatcherId late = new WatcherId(50);

    assertThat(owner.on(new OwnerEvent.Watch(late, operation("a"))))
        .containsExactly(new OwnerEffect.Follow(late, operation("a"), Stage.COMPLETED, null));
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));
    assertThat(owner.advance(Duration.ofSeconds(60)))
        .contains(new OwnerEffect.Forget(operation("a")));
    assertThat(owner.on(new OwnerEvent.Watch(late, operation("a"))))
        .containsExactly(new OwnerEffect.UnknownOperation(late, operation("a")));
  }

  @Test
  void anActionWhoseLastWatcherHungUpIsKilledWithinAQuarterOfASecond() {
    AttemptId attempt = owner.run("a", ONE);
    leave(1, Departure.CANCELLED);

    assertThat(owner.advance(Duration.ofMillis(249))).isEmpty();
    assertThat(owner.advance(Duration.ofMillis(1)))
        .containsExactly(
            new OwnerEffect.SendKill(ONE, attempt), new OwnerEffect.Forget(operation("a")));
    assertThat(owner.done(ONE, attempt)).containsExactly(new OwnerEffect.SendAck(ONE, attempt));
  }

  @Test
  void anActionWhoseLastWatcherLostItsConnectionLivesOnForFifteenSeconds() {
    owner.run("a", ONE);
    leave(1, Departure.CONNECTION_LOST);
    owner.advance(Duration.ofSeconds(7));
    owner.on(new OwnerEvent.Progressed(ONE, List.of()));
    owner.advance(Duration.ofSeconds(7));
    owner.on(new OwnerEvent.Progressed(ONE, List.of()));

    assertThat(owner.knows(operation("a"))).isTrue();
    assertThat(only(OwnerEffect.SendKill.class, owner.advance(Duration.ofSeconds(1)))).hasSize(1);
  }

  @Test
  void aWatcherThatIsBackInTimeSavesTheAction() {
    owner.run("a", ONE);
    leave(1, Departure.CANCELLED);
    owner.advance(Duration.ofMillis(200));

    owner.on(new OwnerEvent.Watch(new WatcherId(9), operation("a")));

    assertThat(owner.advance(Duration.ofSeconds(5))).isEmpty();
  }

  @Test
  void oneWatcherOfSeveralChangesNothing() {
    owner.run("a", ONE);
    owner.submit("a");

    leave(1, Departure.CANCELLED);

    assertThat(owner.advance(Duration.ofSeconds(5))).isEmpty();
    assertThat(owner.view(operation("a")).watchers()).isEqualTo(1);
  }

  @Test
  void whoLostItsConnectionIsWaitedForEvenIfAnotherHangsUp() {
    owner.submit("a");
    owner.submit("a");
    leave(1, Departure.CONNECTION_LOST);
    leave(2, Departure.CANCELLED);

    owner.advance(Duration.ofSeconds(14));
    assertThat(owner.knows(operation("a"))).isTrue();
    owner.advance(Duration.ofSeconds(1));
    assertThat(owner.knows(operation("a"))).isFalse();
  }

  @Test
  void aQueuedActionThatNobodyWaitsForIsDropped() {
    owner.join("e1", 1);
    owner.submit("a");
    leave(1, Departure.CANCELLED);

    assertThat(owner.advance(Duration.ofMillis(250)))
        .containsExactly(
            new OwnerEffect.SendCancelReserve(ONE, 1), new OwnerEffect.Forget(operation("a")));
    assertThat(offered(owner.token(ONE, 1))).isEmpty();
    assertThat(owner.snapshot().counts())
        .isEqualTo(new OwnerSnapshot.Counts(0, 0, 0, 0, 0, 0, 0, 1));
  }

  @Test
  void anOfferedActionThatNobodyWaitsForIsKilledBeforeItIsAccepted() {
    owner.join("e1", 1);
    owner.token(ONE, 1);
    AttemptId attempt = DrivenOwner.attempt("a", owner.submit("a"));
    leave(1, Departure.CANCELLED);

    assertThat(owner.advance(Duration.ofMillis(250)))
        .contains(new OwnerEffect.SendKill(ONE, attempt));
    assertThat(owner.accept(ONE, attempt)).isEmpty();
    // Its slot is taken until the executor says otherwise.
    assertThat(offered(owner.submit("b"))).isEmpty();
  }

  @Test
  void aCancelledOperationFailsForAllWatchers() {
    AttemptId attempt = owner.run("a", ONE);
    owner.submit("a");

    assertThat(owner.on(new OwnerEvent.Cancel(operation("a"))))
        .containsExactly(
            new OwnerEffect.SendKill(ONE, attempt),
            new OwnerEffect.Fail(operation("a"), new OperationFailure.Cancelled()));
    assertThat(owner.view(operation("a")).stage()).isEqualTo(Stage.COMPLETED);
    assertThat(owner.snapshot().counts().watchers()).isZero();
  }

  @Test
  void aQueuedOperationCanBeCancelled() {
    owner.submit("a");

    assertThat(owner.on(new OwnerEvent.Cancel(operation("a"))))
        .containsExactly(new OwnerEffect.Fail(operation("a"), new OperationFailure.Cancelled()));
    assertThat(owner.snapshot().queues()).isEmpty();
  }

  @Test
  void itIsTooLateToCancelWhatHasAResult() {
    AttemptId attempt = owner.run("a", ONE);
    owner.done(ONE, attempt);

    assertThat(owner.on(new OwnerEvent.Cancel(operation("a")))).isEmpty();
    assertThat(owner.on(new OwnerEvent.Concluded(operation("a"))))
        .contains(new OwnerEffect.Completed(operation("a"), attempt));
    assertThat(owner.on(new OwnerEvent.Cancel(operation("a")))).isEmpty();
  }

  @Test
  void aWatcherThatIsNotCountedMayLeave() {
    owner.submit("a");

    assertThat(leave(99, Departure.CANCELLED)).isEmpty();
    assertThat(owner.on(submission(owner.newWatcher(), "a"))).hasSize(1);
  }
}
