package build.sparrow.scheduling.sim.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  private static final Farm FARM = Farm.alike(20, 4);

  private static final Map<String, Policy.Maker> EVERY_POLICY = new HashMap<>(Policies.ALL);

  static {
    EVERY_POLICY.putAll(Policies.FOR_TENANTS);
  }

  private static Run busyFarm(String policy) {
    return Run.of(
        new BuildMix(FARM, 0.8, 4_000), Objects.requireNonNull(EVERY_POLICY.get(policy)), 3);
  }

  @Test
  void everyPolicyRunsEachActionOnce() {
    for (String policy : EVERY_POLICY.keySet()) {
      Run run = busyFarm(policy);

      assertThat(run.measured()).as(policy).hasSizeGreaterThan(2_000);
      assertThat(run.measured())
          .as(policy)
          .allMatch(task -> task.startedNanos >= task.submittedNanos);
    }
  }

  @Test
  void sameSeedGivesTheSameWaits() {
    double[] once = busyFarm(Policies.SPARROW).of(Task::waitSeconds);

    double[] again = busyFarm(Policies.SPARROW).of(Task::waitSeconds);

    assertThat(again).isEqualTo(once);
  }

  @Test
  void actionsWaitLessThanUnderPublishedPolicies_whenTheFarmIsBusy() {
    double shipped = Metric.P99_WAIT_MS.of(busyFarm(Policies.SPARROW));

    assertThat(shipped).isLessThan(Metric.P99_WAIT_MS.of(busyFarm(Policies.BATCH)));
    assertThat(shipped).isLessThan(Metric.P99_WAIT_MS.of(busyFarm(Policies.POLLING)));
    assertThat(shipped).isLessThan(Metric.P99_WAIT_MS.of(busyFarm("two choices")));
  }

  @Test
  void nothingIsBegunAgainAndNobodySeesAnError_whenAFrontendCrashes() {
    Run run = Run.of(new BuildMix(FARM, 0.8, 4_000), Shipped::losingAFrontend, 3);

    assertThat(shipped(run).announced).isPositive();
    assertThat(run.restarts()).isZero();
    assertThat(shipped(run).errors).isZero();
  }

  @Test
  void nobodySeesAnError_whenNodesGo() {
    Run run = Run.of(new BuildMix(Farm.alike(100, 4), 0.8, 30_000), Shipped::preempted, 4);

    assertThat(run.restarts()).isPositive();
    assertThat(shipped(run).wastedNanos).isGreaterThan(shipped(run).leastWastedNanos);
    assertThat(shipped(run).errors).isZero();
  }

  private static Shipped shipped(Run run) {
    return (Shipped) run.policy();
  }

  @Test
  void publishedPoliciesServeTenantsInTurn_whenOneFloods() {
    double inTurn = Metric.P50_SLOWDOWN.of(flooded(Policies.BATCH));

    double inOrder = Metric.P50_SLOWDOWN.of(flooded(Policies.FIFO));

    assertThat(inTurn).isLessThan(inOrder / 10);
  }

  @Test
  void nobodyWaitsForAFlood_whereItsActionsAreKilled() {
    Run run = flooded(Policies.PREEMPTING);

    assertThat(Metric.P50_SLOWDOWN.of(run)).isLessThan(1.1);
    assertThat(run.policy().killedNanos()).isPositive();
  }

  private static Run flooded(String policy) {
    return Run.of(
        new Flood(FARM, 1_000, 10_000), Objects.requireNonNull(EVERY_POLICY.get(policy)), 5);
  }

  @Test
  void recordedBuildStartsWhatIsNeededFirst() {
    List<Step> steps =
        new RecordedBuild()
            .draw(0, new Durations(new SplittableRandom(1)), new SplittableRandom(1));

    assertThat(steps).hasSize(215);
    assertThat(steps.stream().mapToInt(step -> step.needs.size()).sum()).isEqualTo(525);
    for (Step step : steps) {
      assertThat(steps.indexOf(step)).isGreaterThan(latest(steps, step.needs));
    }
  }

  private static int latest(List<Step> steps, List<Step> needed) {
    return needed.stream().mapToInt(steps::indexOf).max().orElse(-1);
  }

  @Test
  void inputsAreThereWhereATargetWasBuiltLately() {
    InputCaches inputs = new InputCaches();
    Task.Facts facts = Task.Facts.of(0, 0, 1, 7);

    assertThat(inputs.touch(1, facts)).isFalse();

    assertThat(inputs.touch(1, facts)).isTrue();
    assertThat(inputs.touch(2, facts)).isFalse();
  }

  @Test
  void intervalOfTheMedianHoldsIt() {
    Statistic statistic = Statistic.of(new double[] {9, 1, 8, 2, 7, 3, 6, 4, 5, 10});

    assertThat(statistic).isEqualTo(new Statistic(5.5, 2, 9));
  }
}
