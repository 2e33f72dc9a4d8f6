package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.LINUX;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.offered;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An owner takes over what another one began that is gone. */
final class TakeoverTest {
  private static final ExecutorId ONE = executor("e1");
  private static final ExecutorId TWO = executor("e2");
  private static final AttemptId OF_ANOTHER = new AttemptId("another epoch", 7);

  private final DrivenOwner owner = new DrivenOwner();

  private List<OwnerEffect> executeOfAnother(String action) {
    return owner.on(
        new OwnerEvent.Submit(
            owner.newWatcher(),
            operation(action),
            new ActionId(action),
            LINUX,
            0,
            true,
            Origin.UNKNOWN,
            true));
  }

  private List<OwnerEffect> announce(Phase phase) {
    return owner.on(new OwnerEvent.HeldAnnounced(ONE, List.of(owner.held(OF_ANOTHER, "a", phase))));
  }

  @Test
  void whatMayRunIsNotOfferedUntilExecutorsHadTheTimeToSaySo() {
    owner.join("e2", 1);
    owner.token(TWO, 1);

    assertThat(offered(executeOfAnother("a"))).isEmpty();
    assertThat(offered(owner.advance(Duration.ofMillis(1_999)))).isEmpty();

    assertThat(offered(owner.advance(Duration.ofMillis(1)))).containsExactly(operation("a"));
  }

  @Test
  void whatIsAnnouncedMeanwhileIsJoined_andNotRunAgain() {
    owner.join("e1", 1);
    owner.join("e2", 1);
    owner.token(TWO, 1);
    executeOfAnother("a");

    assertThat(announce(Phase.EXECUTING))
        .containsExactly(new OwnerEffect.StageChanged(operation("a"), Stage.EXECUTING, ONE));
    assertThat(offered(owner.advance(Duration.ofSeconds(5)))).isEmpty();
    assertThat(owner.done(ONE, OF_ANOTHER))
        .containsExactly(new OwnerEffect.Conclude(operation("a"), ONE, OF_ANOTHER));
  }

  @Test
  void whatIsAnnouncedFirstWaitsForItsClient() {
    owner.join("e1", 1);
    announce(Phase.EXECUTING);

    assertThat(executeOfAnother("a"))
        .anyMatch(
            effect ->
                effect instanceof OwnerEffect.Follow follow
                    && follow.stage() == Stage.EXECUTING
                    && follow.operation().equals(operation("a")));
  }

  @Test
  void whatNobodyAsksForIsKilledInTheEnd() {
    owner.join("e1", 1);
    announce(Phase.EXECUTING);

    owner.on(new OwnerEvent.Progressed(ONE, List.of()));
    owner.advance(Duration.ofSeconds(7));
    owner.on(new OwnerEvent.Progressed(ONE, List.of()));

    assertThat(owner.advance(OwnerTimes.DEFAULT.heldGrace().minusSeconds(7)))
        .contains(new OwnerEffect.SendKill(ONE, OF_ANOTHER));
  }

  @Test
  void whoseClientLeavesMeanwhileIsForgotten() {
    owner.join("e2", 1);
    owner.token(TWO, 1);
    executeOfAnother("a");
    owner.on(
        new OwnerEvent.WatcherLeft(new build.sparrow.scheduling.WatcherId(1), Departure.CANCELLED));

    assertThat(owner.advance(Duration.ofSeconds(5)))
        .contains(new OwnerEffect.Forget(operation("a")));
    assertThat(owner.snapshot().counts().queued()).isZero();
  }

  /** Its executor was away, announced the attempt to another frontend, and came back from there. */
  @Test
  void resultThatWentElsewhereAndCameBackCounts() {
    AttemptId attempt = owner.run("a", ONE);
    owner.hello(ONE, LINUX, 1);
    assertThat(owner.snapshot().counts().queued()).isEqualTo(1);

    owner.on(new OwnerEvent.HeldAnnounced(ONE, List.of(owner.held(attempt, "a", Phase.REPORTED))));

    assertThat(owner.done(ONE, attempt))
        .containsExactly(new OwnerEffect.Conclude(operation("a"), ONE, attempt));
  }

  @Test
  void whatIsLostAfterItWasTakenOverIsQueuedOnce() {
    owner.join("e1", 1);
    executeOfAnother("a");
    announce(Phase.EXECUTING);
    owner.loseSilently(ONE);
    assertThat(owner.snapshot().counts().queued()).isEqualTo(1);

    owner.advance(Duration.ofSeconds(5));

    assertThat(owner.snapshot().counts().queued()).isEqualTo(1);
  }
}
