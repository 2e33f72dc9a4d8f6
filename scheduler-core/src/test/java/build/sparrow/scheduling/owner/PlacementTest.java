package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.EPOCH;
import static build.sparrow.scheduling.owner.DrivenOwner.GPU;
import static build.sparrow.scheduling.owner.DrivenOwner.JUST_COME;
import static build.sparrow.scheduling.owner.DrivenOwner.LINUX;
import static build.sparrow.scheduling.owner.DrivenOwner.POOL;
import static build.sparrow.scheduling.owner.DrivenOwner.attempt;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.offered;
import static build.sparrow.scheduling.owner.DrivenOwner.offers;
import static build.sparrow.scheduling.owner.DrivenOwner.only;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static build.sparrow.scheduling.owner.DrivenOwner.reserve;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.LabelDifference;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PlacementTest {
  private final DrivenOwner owner = new DrivenOwner();

  @Test
  void anIdleExecutorGetsAnOfferAtOnce() {
    ExecutorId executor = owner.join("e", 1);
    owner.token(executor, 1);

    List<OwnerEffect> effects = owner.submit("a");

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.Follow(new WatcherId(1), operation("a"), Stage.QUEUED, null),
            new OwnerEffect.SendOffer(
                executor,
                new OfferedAttempt(
                    attempt("a", effects), operation("a"), Resources.slots(1), false)));
  }

  @Test
  void anAcceptedActionExecutes() {
    ExecutorId executor = owner.join("e", 1);
    owner.token(executor, 1);
    var attempt = attempt("a", owner.submit("a"));

    List<OwnerEffect> effects = owner.accept(executor, attempt);

    assertThat(effects)
        .containsExactly(new OwnerEffect.StageChanged(operation("a"), Stage.EXECUTING, executor));
  }

  @Test
  void aTokenIsUsedNoMoreOftenThanItHasSlots() {
    ExecutorId executor = owner.join("e", 2);
    owner.token(executor, 2);

    assertThat(offered(owner.submit("a"))).containsExactly(operation("a"));
    assertThat(offered(owner.submit("b"))).containsExactly(operation("b"));
    assertThat(offered(owner.submit("c"))).isEmpty();
  }

  @Test
  void anAnswerThatCrossesATokenDoesNotFreeTheSlotTwice() {
    ExecutorId executor = owner.join("e", 2);
    owner.token(executor, 1);
    var attempt = attempt("a", owner.submit("a"));

    // Sent before the offer arrived there, so it knows nothing of it.
    owner.token(executor, 2);

    assertThat(offered(owner.submit("b"))).containsExactly(operation("b"));
    owner.accept(executor, attempt);
    assertThat(offered(owner.submit("c"))).isEmpty();
  }

  @Test
  void withoutAnIdleExecutorTheActionWaitsWithReservations() {
    ExecutorId one = owner.join("e1", 1);
    ExecutorId two = owner.join("e2", 1);

    List<OwnerEffect> effects = owner.submit("a");

    assertThat(only(OwnerEffect.SendReserve.class, effects))
        .containsExactlyInAnyOrder(reserve(one, 1), reserve(two, 1));
  }

  @Test
  void aLargePoolIsSampled() {
    for (int number = 0; number < 9; number++) {
      owner.join("e" + number, 1);
    }

    List<OwnerEffect> effects = owner.submit("a");

    assertThat(only(OwnerEffect.SendReserve.class, effects)).hasSize(1);
  }

  @Test
  void anExecutorHoldsAReservationForEachSlotAtMost() {
    ExecutorId executor = owner.join("e", 2);
    for (int number = 0; number < 10; number++) {
      owner.submit("a" + number);
    }

    assertThat(owner.snapshot().executors().getFirst().reservations()).isEqualTo(2);
    assertThat(owner.snapshot().queues().getFirst().queuedActions()).isEqualTo(10);
    assertThat(offered(owner.pull(executor, 1))).containsExactly(operation("a0"));
  }

  @Test
  void aPullGetsTheOldestActionsForAllItsFreeSlots() {
    ExecutorId executor = owner.join("e", 4);
    owner.submit("a");
    owner.submit("b");
    owner.submit("c");

    List<OwnerEffect> effects = owner.pull(executor, 2);

    assertThat(offered(effects)).containsExactly(operation("a"), operation("b"));
  }

  @Test
  void aPullForNothingIsAnswered() {
    ExecutorId executor = owner.join("e", 1);

    assertThat(owner.pull(executor, 1))
        .containsExactly(new OwnerEffect.SendPullReply(executor, List.of(), 0));
  }

  @Test
  void twoPullsUnderWayFillTwoSlots() {
    ExecutorId executor = owner.join("e", 2);
    owner.submit("a");
    owner.submit("b");

    assertThat(offered(owner.pull(executor, 1))).containsExactly(operation("a"));
    assertThat(offered(owner.pull(executor, 1))).containsExactly(operation("b"));
  }

  @Test
  void aLowerPriorityNumberRunsSooner() {
    ExecutorId executor = owner.join("e", 3);
    owner.submit("late", LINUX, 5);
    owner.submit("default", LINUX, 0);
    owner.submit("urgent", LINUX, -1);

    assertThat(offered(owner.pull(executor, 3)))
        .containsExactly(operation("urgent"), operation("default"), operation("late"));
  }

  @Test
  void aMergedCallMayHastenTheAction() {
    ExecutorId executor = owner.join("e", 1);
    owner.submit("a", LINUX, 0);
    owner.submit("b", LINUX, 0);

    owner.submit("b", LINUX, -1);

    assertThat(offered(owner.pull(executor, 1))).containsExactly(operation("b"));
  }

  @Test
  void reservationsAreTakenBackWhenTheQueueEmpties() {
    ExecutorId one = owner.join("e1", 1);
    ExecutorId two = owner.join("e2", 1);
    owner.submit("a");

    List<OwnerEffect> effects = owner.pull(one, 1);

    assertThat(only(OwnerEffect.SendCancelReserve.class, effects))
        .containsExactly(new OwnerEffect.SendCancelReserve(two, 1));
    assertThat(owner.snapshot().queues()).isEmpty();
  }

  @Test
  void aPullThatCrossedTheTakingBackIsMadeUpFor() {
    ExecutorId one = owner.join("e1", 1);
    ExecutorId two = owner.join("e2", 1);
    owner.submit("a");
    owner.pull(one, 1);

    // Sent before the cancellation arrived there, which now takes back one too many.
    owner.pull(two, 1);

    assertThat(owner.submit("b")).contains(reserve(one, 1), reserve(two, 2));
  }

  @Test
  void anExecutorThatUsedUpItsReservationsGetsNewOnesWhileTheQueueWaits() {
    ExecutorId executor = owner.join("e", 1);
    for (int number = 0; number < 5; number++) {
      owner.submit("a" + number);
    }

    assertThat(only(OwnerEffect.SendReserve.class, owner.pull(executor, 1)))
        .containsExactly(reserve(executor, 1));
  }

  @Test
  void aRejectedActionReturnsToTheHead() {
    ExecutorId executor = owner.join("e", 1);
    owner.token(executor, 1);
    var attempt = attempt("first", owner.submit("first"));
    owner.submit("second");

    owner.on(new OwnerEvent.Rejected(executor, attempt, Resources.NONE));

    assertThat(offered(owner.token(executor, 1))).containsExactly(operation("first"));
  }

  @Test
  void aRejectionEndsTheTrustInTheToken() {
    ExecutorId executor = owner.join("e", 4);
    owner.token(executor, 4);
    var attempt = attempt("a", owner.submit("a"));

    List<OwnerEffect> effects =
        owner.on(new OwnerEvent.Rejected(executor, attempt, Resources.NONE));

    assertThat(offers(effects)).isEmpty();
    assertThat(offered(owner.submit("b"))).isEmpty();
  }

  @Test
  void anExecutorGetsOnlyWhatItsLabelsAllow() {
    ExecutorId plain = owner.join("plain", 1);
    owner.token(plain, 1);
    ExecutorId gpu = owner.join(executor("gpu"), GPU, 2);

    assertThat(offered(owner.submit("a", GPU, 0))).isEmpty();
    assertThat(offered(owner.token(gpu, 2))).containsExactly(operation("a"));
  }

  @Test
  void executorsWithFewLabelsAreUsedFirst() {
    owner.token(owner.join(executor("gpu"), GPU, 1), 1);
    ExecutorId plain = owner.join("plain", 1);
    owner.token(plain, 1);

    assertThat(only(OwnerEffect.SendOffer.class, owner.submit("a")))
        .extracting(OwnerEffect.SendOffer::executor)
        .containsExactly(plain);
  }

  @Test
  void anActionThatNoPoolCanRunIsRefusedWithTheNearestPool() {
    Platform wanted = Platform.of(new Label("OSFamily", "linux"), new Label("cpu", "vax"));

    List<OwnerEffect> effects = owner.submit("a", wanted, 0);

    assertThat(effects)
        .containsExactly(
            new OwnerEffect.Unsatisfiable(
                new WatcherId(1),
                "linux",
                List.of(new LabelDifference("cpu", "vax", false, List.of()))));
    assertThat(owner.knows(operation("a"))).isFalse();
  }

  @Test
  void theDifferenceSaysWhatThePoolHasInstead() {
    List<OwnerEffect> effects = owner.submit("a", Platform.of(new Label("OSFamily", "windows")), 0);

    assertThat(only(OwnerEffect.Unsatisfiable.class, effects).getFirst().differences())
        .containsExactly(new LabelDifference("OSFamily", "windows", false, List.of("linux")));
  }

  @Test
  void anActionOfADeclaredPoolWaitsForItsFirstExecutor() {
    assertThat(only(OwnerEffect.Unsatisfiable.class, owner.submit("a"))).isEmpty();

    ExecutorId executor = owner.join("e", 1);

    assertThat(offered(owner.token(executor, 1))).containsExactly(operation("a"));
  }

  @Test
  void aFullQueueShedsNewActionsOnly() {
    DrivenOwner full = new DrivenOwner(DrivenOwner.shedding(1));
    full.submit("a");

    assertThat(full.submit("b")).containsExactly(new OwnerEffect.Shed(new WatcherId(2), 1, 1));
    assertThat(only(OwnerEffect.Follow.class, full.submit("a"))).hasSize(1);
  }

  @Test
  void aFullQueueShedsNothingThatWasAcceptedBefore() {
    DrivenOwner full = new DrivenOwner(DrivenOwner.shedding(1));
    ExecutorId executor = full.join("e", 1);
    full.token(executor, 1);
    var attempt = attempt("a", full.submit("a"));
    full.submit("b");

    full.on(new OwnerEvent.Rejected(executor, attempt, Resources.NONE));

    assertThat(full.snapshot().counts().queued()).isEqualTo(2);
  }

  @Test
  void nothingIsOfferedBeforeTheOwnerHasSettled() {
    OwnerScheduler fresh = new OwnerScheduler(OwnerConfig.of(EPOCH, List.of(POOL)));
    SplittableRandom random = new SplittableRandom(1);
    ExecutorId executor = executor("e");
    fresh.on(
        new OwnerEvent.ExecutorJoined(executor, "linux", LINUX, "Full", 1, false, List.of()),
        0,
        random);
    fresh.on(new OwnerEvent.Token(executor, Resources.slots(1), false), 0, random);

    List<OwnerEffect> early = fresh.on(DrivenOwner.submission(new WatcherId(1), "a"), 0, random);
    long settled = Duration.ofMillis(500).toNanos();
    List<OwnerEffect> late = fresh.on(new OwnerEvent.Tick(), settled, random);

    assertThat(early).hasSize(1);
    assertThat(fresh.nextTimerNanos()).isPresent();
    assertThat(offered(late)).containsExactly(operation("a"));
  }

  @Test
  void aPullBeforeTheOwnerHasSettledIsAnsweredWithoutInvitingTheNext() {
    OwnerScheduler fresh = new OwnerScheduler(OwnerConfig.of(EPOCH, List.of(POOL)));
    SplittableRandom random = new SplittableRandom(1);
    ExecutorId executor = executor("e");
    fresh.on(
        new OwnerEvent.ExecutorJoined(executor, "linux", LINUX, "Full", 1, false, List.of()),
        0,
        random);
    fresh.on(DrivenOwner.submission(new WatcherId(1), "a"), 0, random);

    assertThat(fresh.on(new OwnerEvent.Pulled(executor, Resources.slots(1)), 1, random))
        .containsExactly(new OwnerEffect.SendPullReply(executor, List.of(), JUST_COME + 1));
  }

  @Test
  void aDrainingExecutorGetsNothing() {
    ExecutorId executor = owner.join("e", 1);
    owner.token(executor, 1);

    owner.on(new OwnerEvent.ExecutorDraining(executor, Duration.ofSeconds(25)));

    assertThat(offered(owner.submit("a"))).isEmpty();
    assertThat(offered(owner.pull(executor, 1))).isEmpty();
    assertThat(owner.snapshot().executors().getFirst().connection())
        .isEqualTo(OwnerSnapshot.Connection.DRAINING);
  }

  @Test
  void aDrainThatIsAskedForIsPassedOn() {
    ExecutorId executor = owner.join("e", 1);
    owner.token(executor, 1);

    assertThat(owner.on(new OwnerEvent.DrainAsked("e", Duration.ofSeconds(7))))
        .containsExactly(new OwnerEffect.SendDrain(executor, Duration.ofSeconds(7)));
    assertThat(offered(owner.submit("a"))).isEmpty();
  }
}
