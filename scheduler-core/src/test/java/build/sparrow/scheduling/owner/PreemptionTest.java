package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.GPU;
import static build.sparrow.scheduling.owner.DrivenOwner.LINUX;
import static build.sparrow.scheduling.owner.DrivenOwner.attempt;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.offered;
import static build.sparrow.scheduling.owner.DrivenOwner.offers;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.PropertyRules;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is preempted again and again goes where nothing is preempted, if the farm has such. */
final class PreemptionTest {
  private static final ExecutorId SPOT = executor("spot");
  private static final ExecutorId STEADY = executor("steady");
  private static final PoolDeclaration SPOT_POOL = new PoolDeclaration("spot", LINUX, false, true);
  private static final PoolDeclaration STEADY_POOL =
      new PoolDeclaration("steady", LINUX, true, true);

  private static DrivenOwner owner(PoolDeclaration... pools) {
    return new DrivenOwner(
        new OwnerConfig(
            DrivenOwner.EPOCH,
            List.of(pools),
            PropertyRules.EXACT,
            Map.of(),
            OwnerConfig.DEFAULT_MAX_QUEUED_ACTIONS,
            new LossBudgets(4, 2, 2, 1),
            OwnerTimes.DEFAULT));
  }

  /** The action begins on a spot executor, which is then taken away. */
  private static void preempt(DrivenOwner owner, String action) {
    owner.hello(SPOT, "spot", LINUX, 1);
    owner.accept(SPOT, attempt(action, owner.token(SPOT, 1)));
    owner.on(new OwnerEvent.LossNews(SPOT.name(), LossClass.PREEMPTED));
    owner.on(new OwnerEvent.ExecutorDisconnected(SPOT));
  }

  @Test
  void oncePreemptedItRunsOnSpotAgain_twicePreemptedOnDemandOnly() {
    DrivenOwner owner = owner(SPOT_POOL, STEADY_POOL);
    owner.submit("a");
    preempt(owner, "a");
    assertThat(owner.view(operation("a")).onDemandOnly()).isFalse();
    preempt(owner, "a");

    owner.hello(SPOT, "spot", LINUX, 1);
    assertThat(offers(owner.token(SPOT, 1))).isEmpty();
    assertThat(offers(owner.pull(SPOT, 1))).isEmpty();
    owner.hello(STEADY, "steady", LINUX, 1);

    assertThat(offered(owner.token(STEADY, 1))).containsExactly(operation("a"));
    assertThat(owner.view(operation("a")).preemptions()).isEqualTo(2);
    assertThat(owner.view(operation("a")).losses()).isZero();
  }

  @Test
  void handedBackCountsAsPreempted() {
    DrivenOwner owner = owner(SPOT_POOL, STEADY_POOL);
    owner.submit("a");
    preempt(owner, "a");
    owner.hello(SPOT, "spot", LINUX, 1);
    AttemptId attempt = attempt("a", owner.token(SPOT, 1));
    owner.accept(SPOT, attempt);

    owner.on(new OwnerEvent.HandedBack(SPOT, attempt));

    assertThat(owner.view(operation("a")).onDemandOnly()).isTrue();
  }

  @Test
  void withoutAPoolOnDemandItGoesOnOnSpot() {
    DrivenOwner owner = owner(SPOT_POOL, new PoolDeclaration("gpu", GPU, false, true));
    owner.submit("a");
    for (int time = 0; time < 10; time++) {
      preempt(owner, "a");
    }

    owner.hello(SPOT, "spot", LINUX, 1);

    assertThat(offered(owner.token(SPOT, 1))).containsExactly(operation("a"));
  }

  @Test
  void itDoesNotWaitForAPoolOnDemandThatStaysEmpty() {
    DrivenOwner owner = owner(SPOT_POOL, new PoolDeclaration("parked", LINUX, true, false));
    owner.submit("a");
    preempt(owner, "a");
    preempt(owner, "a");
    assertThat(owner.view(operation("a")).onDemandOnly()).isFalse();

    owner.hello(executor("p"), "parked", LINUX, 1);
    preempt(owner, "a");

    assertThat(owner.view(operation("a")).onDemandOnly()).isTrue();
  }

  @Test
  void whatMayRunOnSpotIsOfferedThereFirst() {
    DrivenOwner owner = owner(STEADY_POOL, SPOT_POOL);
    owner.hello(STEADY, "steady", LINUX, 1);
    owner.token(STEADY, 1);
    owner.hello(SPOT, "spot", LINUX, 1);
    owner.token(SPOT, 1);

    assertThat(owner.submit("a"))
        .anyMatch(
            effect ->
                effect instanceof OwnerEffect.SendOffer offer && offer.executor().equals(SPOT));
    assertThat(owner.submit("b"))
        .anyMatch(
            effect ->
                effect instanceof OwnerEffect.SendOffer offer && offer.executor().equals(STEADY));
  }

  @Test
  void aPoolThatGrowsCountsOnlyWhatNoLesserOneFits() {
    DrivenOwner owner = owner(STEADY_POOL, SPOT_POOL, new PoolDeclaration("gpu", GPU, false, true));
    owner.submit("plain");
    owner.submit("gpu", GPU, 0);

    assertThat(queued(owner, "spot")).isEqualTo(1);
    assertThat(queued(owner, "steady")).isZero();
    assertThat(queued(owner, "gpu")).isEqualTo(1);

    preempt(owner, "plain");
    preempt(owner, "plain");

    assertThat(queued(owner, "spot")).isZero();
    assertThat(queued(owner, "steady")).isEqualTo(1);
    assertThat(owner.snapshot().queues()).filteredOn(queue -> queue.onDemandOnly()).hasSize(1);
  }

  @Test
  void poolsOfAFixedSizeCountAllThatTheyCouldRun() {
    DrivenOwner owner = owner(DrivenOwner.POOL, PoolDeclaration.of("gpu", GPU));
    owner.submit("plain");

    assertThat(queued(owner, "linux")).isEqualTo(1);
    assertThat(queued(owner, "gpu")).isEqualTo(1);
  }

  private static int queued(DrivenOwner owner, String pool) {
    return owner.snapshot().pools().stream()
        .filter(each -> each.name().equals(pool))
        .findFirst()
        .orElseThrow()
        .queuedActions();
  }
}
