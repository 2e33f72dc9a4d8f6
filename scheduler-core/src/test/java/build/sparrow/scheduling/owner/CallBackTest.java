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
import build.sparrow.scheduling.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a draining executor will not have done in time is begun elsewhere at once. */
final class CallBackTest {
  private static final ExecutorId ONE = executor("e1");
  private static final Origin TEST = new Origin("tenant", "build", "TestRunner", "//a:b");
  private static final Origin UNSEEN = new Origin("tenant", "build", "Unseen", "//c:d");
  private static final Duration GRACE = Duration.ofSeconds(25);

  private final DrivenOwner owner = new DrivenOwner();

  /** Tests take a minute. */
  @BeforeEach
  void learn() {
    owner.join("e1", 1);
    for (int sample = 0; sample < 20; sample++) {
      AttemptId attempt = begin("sample " + sample, TEST);
      pass(Duration.ofMinutes(1));
      owner.done(ONE, attempt);
      owner.on(new OwnerEvent.Concluded(operation("sample " + sample)));
    }
  }

  private AttemptId begin(String action, Origin origin) {
    owner.on(
        new OwnerEvent.Submit(
            owner.newWatcher(),
            operation(action),
            new ActionId(action),
            LINUX,
            0,
            true,
            origin,
            false));
    AttemptId attempt = attempt(action, owner.pull(ONE, 1));
    owner.accept(ONE, attempt);
    owner.on(
        new OwnerEvent.Progressed(ONE, List.of(new AttemptProgress(attempt, Phase.EXECUTING))));
    return attempt;
  }

  /** With the executors' heartbeats. */
  private void pass(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      owner.advance(Duration.ofSeconds(1));
      owner.snapshot().executors().stream()
          .map(OwnerSnapshot.Executor::id)
          .forEach(each -> owner.on(new OwnerEvent.Progressed(each, List.of())));
    }
  }

  private List<OwnerEffect> drain() {
    return owner.on(new OwnerEvent.ExecutorDraining(ONE, GRACE));
  }

  @Test
  void whatHasOnlyBegunIsStopped_andGoesToAnotherExecutor() {
    AttemptId attempt = begin("a", TEST);
    pass(Duration.ofSeconds(5));
    owner.token(owner.join("e2", 1), 1);

    List<OwnerEffect> effects = drain();

    assertThat(effects).contains(new OwnerEffect.SendKill(ONE, attempt));
    assertThat(DrivenOwner.offered(effects)).containsExactly(operation("a"));
    assertThat(owner.view(operation("a")).losses()).isZero();
    assertThat(owner.view(operation("a")).preemptions()).isEqualTo(1);
  }

  @Test
  void whatIsNearlyDoneRunsOn() {
    begin("a", TEST);
    pass(Duration.ofSeconds(45));
    owner.token(owner.join("e2", 1), 1);

    assertThat(drain()).isEmpty();
    assertThat(owner.view(operation("a")).stage()).isEqualTo(Stage.EXECUTING);
  }

  @Test
  void whatNobodyKnowsRunsOn() {
    begin("a", UNSEEN);
    owner.token(owner.join("e2", 1), 1);

    assertThat(drain()).isEmpty();
  }

  @Test
  void whatNobodyElseCouldRunRunsOn() {
    begin("a", TEST);

    assertThat(drain()).isEmpty();
  }

  @Test
  void whoseOutputsAreBeingStoredRunsOn() {
    AttemptId attempt = begin("a", TEST);
    owner.on(
        new OwnerEvent.Progressed(ONE, List.of(new AttemptProgress(attempt, Phase.UPLOADING))));
    owner.token(owner.join("e2", 1), 1);

    assertThat(drain()).isEmpty();
  }
}
