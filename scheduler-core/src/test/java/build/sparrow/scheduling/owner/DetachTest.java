package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.LINUX;
import static build.sparrow.scheduling.owner.DrivenOwner.attempt;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.WatcherId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An action that nobody waits for any more, but that is nearly done, is finished for the cache. */
final class DetachTest {
  private static final ExecutorId ONE = executor("e1");
  private static final Origin COMPILE = new Origin("tenant", "build", "CppCompile", "//a:b");
  private static final Origin UNSEEN = new Origin("tenant", "build", "Unseen", "//c:d");

  private final DrivenOwner owner = new DrivenOwner();

  /** Compilations take ten seconds. */
  @BeforeEach
  void learn() {
    owner.join("e1", 1);
    for (int sample = 0; sample < 3; sample++) {
      AttemptId attempt = begin("sample " + sample, COMPILE, true);
      pass(Duration.ofSeconds(10));
      progress(attempt, Phase.UPLOADING);
      owner.done(ONE, attempt);
      owner.on(new OwnerEvent.Concluded(operation("sample " + sample)));
    }
  }

  private WatcherId submit(String action, Origin origin, boolean mergeable) {
    WatcherId watcher = owner.newWatcher();
    owner.on(
        new OwnerEvent.Submit(
            watcher, operation(action), new ActionId(action), LINUX, 0, mergeable, origin, false));
    return watcher;
  }

  private AttemptId begin(String action, Origin origin, boolean mergeable) {
    last = submit(action, origin, mergeable);
    AttemptId attempt = attempt(action, owner.pull(ONE, 1));
    owner.accept(ONE, attempt);
    progress(attempt, Phase.EXECUTING);
    return attempt;
  }

  private WatcherId last = new WatcherId(0);

  private void progress(AttemptId attempt, Phase phase) {
    owner.on(new OwnerEvent.Progressed(ONE, List.of(new AttemptProgress(attempt, phase))));
  }

  /** With the executor's heartbeats. */
  private List<OwnerEffect> pass(Duration time) {
    List<OwnerEffect> effects = new ArrayList<>();
    for (long tenth = 0; tenth < time.toMillis() / 100; tenth++) {
      effects.addAll(owner.advance(Duration.ofMillis(100)));
      effects.addAll(owner.on(new OwnerEvent.Progressed(ONE, List.of())));
    }
    return effects;
  }

  private void hangUp() {
    owner.on(new OwnerEvent.WatcherLeft(last, Departure.CANCELLED));
  }

  @Test
  void whatHasComeHalfTheWayIsFinished() {
    AttemptId attempt = begin("a", COMPILE, true);
    pass(Duration.ofSeconds(6));
    hangUp();

    assertThat(pass(Duration.ofSeconds(4))).isEmpty();

    progress(attempt, Phase.UPLOADING);
    assertThat(owner.done(ONE, attempt))
        .containsExactly(new OwnerEffect.Conclude(operation("a"), ONE, attempt));
  }

  @Test
  void whatIsLateIsKilledAllTheSame() {
    AttemptId attempt = begin("a", COMPILE, true);
    pass(Duration.ofSeconds(6));
    hangUp();

    // Twice what it was believed to need, and no more.
    assertThat(pass(Duration.ofSeconds(9))).contains(new OwnerEffect.SendKill(ONE, attempt));
  }

  @Test
  void whatHasOnlyBegunIsKilled() {
    AttemptId attempt = begin("a", COMPILE, true);
    pass(Duration.ofSeconds(4));
    hangUp();

    assertThat(pass(Duration.ofMillis(300))).contains(new OwnerEffect.SendKill(ONE, attempt));
  }

  @Test
  void whatNobodyKnowsIsKilled() {
    AttemptId attempt = begin("a", UNSEEN, true);
    pass(Duration.ofSeconds(8));
    hangUp();

    assertThat(pass(Duration.ofMillis(300))).contains(new OwnerEffect.SendKill(ONE, attempt));
  }

  @Test
  void whatIsNotCachedIsKilled() {
    AttemptId attempt = begin("a", COMPILE, false);
    pass(Duration.ofSeconds(8));
    hangUp();

    assertThat(pass(Duration.ofMillis(300))).contains(new OwnerEffect.SendKill(ONE, attempt));
  }

  @Test
  void whatAnotherActionWantsTheSlotOfIsKilled() {
    AttemptId attempt = begin("a", COMPILE, true);
    WatcherId ofIt = last;
    pass(Duration.ofSeconds(8));
    submit("b", COMPILE, true);
    owner.on(new OwnerEvent.WatcherLeft(ofIt, Departure.CANCELLED));

    assertThat(pass(Duration.ofMillis(300))).contains(new OwnerEffect.SendKill(ONE, attempt));
  }

  @Test
  void whoseOutputsAreBeingStoredIsFinished_whateverIsKnownOfIt() {
    AttemptId attempt = begin("a", UNSEEN, true);
    progress(attempt, Phase.UPLOADING);
    hangUp();

    assertThat(pass(Duration.ofSeconds(29))).isEmpty();
    assertThat(pass(Duration.ofSeconds(2))).contains(new OwnerEffect.SendKill(ONE, attempt));
  }

  @Test
  void whoWantsItMeanwhileJoins_andMayLeaveAgain() {
    AttemptId attempt = begin("a", COMPILE, true);
    pass(Duration.ofSeconds(6));
    hangUp();
    pass(Duration.ofSeconds(1));

    last = submit("a", COMPILE, true);
    assertThat(pass(Duration.ofSeconds(20))).isEmpty();
    hangUp();

    assertThat(pass(Duration.ofMillis(300))).contains(new OwnerEffect.SendKill(ONE, attempt));
  }
}
