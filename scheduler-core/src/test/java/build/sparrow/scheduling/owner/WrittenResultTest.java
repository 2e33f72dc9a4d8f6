package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.LINUX;
import static build.sparrow.scheduling.owner.DrivenOwner.attempt;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static build.sparrow.scheduling.owner.DrivenOwner.submission;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A client that ran an action itself puts its result into the cache, while the action runs here.
 */
final class WrittenResultTest {
  private static final ExecutorId ONE = executor("e1");

  private final DrivenOwner owner = new DrivenOwner();

  private List<OwnerEffect> write(String action) {
    return owner.on(new OwnerEvent.ResultWritten(operation(action)));
  }

  @Test
  void whatRunsIsKilled_andItsOperationEndsForAll() {
    AttemptId attempt = owner.run("a", ONE);
    owner.on(submission(new WatcherId(77), "a"));

    List<OwnerEffect> effects = write("a");

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.SendKill(ONE, attempt),
            new OwnerEffect.CompletedFromCache(operation("a")));
    assertThat(owner.view(operation("a")).stage()).isEqualTo(Stage.COMPLETED);
    assertThat(owner.snapshot().counts().watchers()).isZero();
  }

  @Test
  void whatIsOfferedIsKilled() {
    owner.join("e1", 1);
    owner.token(ONE, 1);
    AttemptId attempt = attempt("a", owner.submit("a"));

    assertThat(write("a"))
        .containsExactly(
            new OwnerEffect.SendKill(ONE, attempt),
            new OwnerEffect.CompletedFromCache(operation("a")));
  }

  @Test
  void whatWaitsIsNotRunAnyMore() {
    owner.join("e1", 1);
    owner.submit("a");

    assertThat(write("a"))
        .containsExactly(
            new OwnerEffect.SendCancelReserve(ONE, 1),
            new OwnerEffect.CompletedFromCache(operation("a")));
    assertThat(DrivenOwner.offers(owner.pull(ONE, 1))).isEmpty();
  }

  @Test
  void theResultOfTheKilledAttemptNeverCounts() {
    AttemptId attempt = owner.run("a", ONE);
    write("a");

    assertThat(owner.done(ONE, attempt)).containsExactly(new OwnerEffect.SendAck(ONE, attempt));
  }

  @Test
  void theResultOfALostAttemptCountsNoMore() {
    AttemptId attempt = owner.run("a", ONE);
    owner.loseSilently(ONE);
    write("a");

    owner.join("e1", 1);

    assertThat(owner.done(ONE, attempt)).containsExactly(new OwnerEffect.SendAck(ONE, attempt));
  }

  @Test
  void anExecutorsResultThatCameFirstCounts() {
    AttemptId attempt = owner.run("a", ONE);
    owner.done(ONE, attempt);

    assertThat(owner.wanting("a")).isEmpty();
    assertThat(write("a")).isEmpty();
    assertThat(owner.on(new OwnerEvent.Concluded(operation("a"))))
        .contains(new OwnerEffect.Completed(operation("a"), attempt));
  }

  @Test
  void theSecondOfTwoWrittenResultsChangesNothing() {
    owner.run("a", ONE);
    write("a");

    assertThat(write("a")).isEmpty();
    assertThat(write("never heard of")).isEmpty();
  }

  @Test
  void whoAsksLaterStartsAnOperationOfItsOwn() {
    owner.run("a", ONE);
    write("a");

    List<OwnerEffect> effects =
        owner.on(
            new OwnerEvent.Submit(
                new WatcherId(77), operation("a again"), new ActionId("a"), LINUX, 0, true));

    assertThat(effects)
        .contains(
            new OwnerEffect.Follow(new WatcherId(77), operation("a again"), Stage.QUEUED, null));
  }

  @Test
  void anActionThatMustNotBeCachedWantsNoResultFromTheCache() {
    owner.on(
        new OwnerEvent.Submit(
            owner.newWatcher(), operation("a"), new ActionId("a"), LINUX, 0, false));

    assertThat(owner.wanting("a")).isEmpty();
    owner.submit("b");
    assertThat(owner.wanting("b")).contains(operation("b"));
  }
}
