package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.LINUX;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.offered;
import static build.sparrow.scheduling.owner.DrivenOwner.offers;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReclaimTest {
  private static final ExecutorId ONE = executor("one");

  private final List<AttemptId> attempts = new ArrayList<>();
  private DrivenOwner owner = new DrivenOwner();
  private long watchers = 1_000;

  private List<OwnerEffect> submit(String name, String tenant) {
    return owner.on(
        new OwnerEvent.Submit(
            new WatcherId(watchers++),
            operation(name),
            new ActionId(name),
            LINUX,
            0,
            true,
            new Origin(tenant, "build", "CppCompile", ""),
            false));
  }

  /** Tenant "rich" keeps all slots of one executor busy: with r0, r1 and so on. */
  private void occupy(int slots) {
    owner.join("one", slots);
    for (int i = 0; i < slots; i++) {
      owner.token(ONE, 1);
      AttemptId attempt = offers(submit("r" + i, "rich")).getFirst().attempt();
      owner.accept(ONE, attempt);
      attempts.add(attempt);
    }
  }

  private static List<AttemptId> kills(List<OwnerEffect> effects) {
    return effects.stream()
        .filter(OwnerEffect.SendKill.class::isInstance)
        .map(effect -> ((OwnerEffect.SendKill) effect).attempt())
        .toList();
  }

  @Test
  void whatWasBegunLastIsStoppedForATenantThatHasLess_andComesAgain() {
    occupy(4);

    List<OwnerEffect> effects = submit("p", "poor");

    AttemptId last = attempts.getLast();
    assertThat(kills(effects)).containsExactly(last);
    assertThat(effects).contains(new OwnerEffect.StageChanged(operation("r3"), Stage.QUEUED, null));
    assertThat(owner.view(operation("r3")).losses()).isZero();
    owner.on(new OwnerEvent.Finished(ONE, last, Ending.KILLED));
    assertThat(offered(owner.pull(ONE, 1))).containsExactly(operation("p"));
    assertThat(offered(owner.pull(ONE, 1))).containsExactly(operation("r3"));
  }

  @Test
  void nobodyIsTakenMoreThanIsDueToAnother() {
    occupy(4);

    assertThat(kills(submit("p1", "poor"))).hasSize(1);
    assertThat(kills(submit("p2", "poor"))).hasSize(1);
    assertThat(kills(submit("p3", "poor"))).as("two each is fair").isEmpty();
  }

  @Test
  void whatATenantTookOfItsDueCountsAsRunning() {
    occupy(4);
    submit("p1", "poor");
    owner.on(new OwnerEvent.Finished(ONE, attempts.getLast(), Ending.KILLED));
    owner.accept(ONE, offers(owner.pull(ONE, 1)).getFirst().attempt());

    assertThat(kills(submit("p2", "poor"))).hasSize(1);
    assertThat(kills(submit("p3", "poor"))).isEmpty();
  }

  @Test
  void whatHasRunForLongGoesOn() {
    occupy(2);
    // With the heartbeats of the executor, which would be lost without.
    for (int second = 0; second <= Reclaim.MAX_LOST.toSeconds(); second++) {
      owner.advance(Duration.ofSeconds(1));
      owner.on(new OwnerEvent.Progressed(ONE, List.of()));
    }

    assertThat(kills(submit("p", "poor"))).isEmpty();
  }

  @Test
  void whatAnotherOwnerBeganGoesOn() {
    AttemptId former = new AttemptId("former epoch", 7);
    owner.join("one", 1, owner.held(former, "r0", Phase.EXECUTING));

    assertThat(kills(submit("p", "poor"))).isEmpty();
  }

  @Test
  void anActionIsStoppedAFewTimesOnly() {
    occupy(2);
    List<AttemptId> killed = new ArrayList<>();

    for (int round = 0; round < 5; round++) {
      String name = "p" + round;
      List<AttemptId> now = kills(submit(name, "poor"));
      killed.addAll(now);
      now.forEach(attempt -> owner.on(new OwnerEvent.Finished(ONE, attempt, Ending.KILLED)));
      for (OfferedAttempt offer : offers(owner.pull(ONE, now.size()))) {
        owner.accept(ONE, offer.attempt());
        if (offer.operation().equals(operation(name))) {
          owner.done(ONE, offer.attempt());
          owner.on(new OwnerEvent.Concluded(operation(name)));
        }
      }
      offers(owner.pull(ONE, 1)).forEach(offer -> owner.accept(ONE, offer.attempt()));
    }

    assertThat(killed).hasSizeLessThanOrEqualTo(2 * Reclaim.MAX_STOPS).hasSizeGreaterThan(1);
  }

  @Test
  void whatIsDueFollowsTheWeights() {
    owner =
        new DrivenOwner(
            new OwnerConfig(
                DrivenOwner.EPOCH,
                List.of(DrivenOwner.POOL),
                PropertyRules.EXACT,
                Map.of("rich", 3),
                100,
                LossBudgets.DEFAULT,
                OwnerTimes.DEFAULT));
    occupy(4);

    assertThat(kills(submit("p1", "poor"))).hasSize(1);
    assertThat(kills(submit("p2", "poor"))).as("three to one is fair").isEmpty();
  }

  @Test
  void nothingIsStoppedForTheSameTenant() {
    occupy(4);

    assertThat(kills(submit("r4", "rich"))).isEmpty();
  }

  @Test
  void nothingIsStoppedWhileSomethingIsIdle() {
    occupy(4);
    owner.join("two", 1);
    owner.token(executor("two"), 1);

    List<OwnerEffect> effects = submit("p", "poor");

    assertThat(kills(effects)).isEmpty();
    assertThat(offered(effects)).containsExactly(operation("p"));
  }
}
