package build.sparrow.scheduling.sim.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
  private static final Farm FARM = Farm.alike(20, 4);

  private static Run busyFarm(String policy) {
    return Run.of(
        new BuildMix(FARM, 0.8, 4_000),
        Objects.requireNonNull(Policies.ALL_FOR_TENANTS.get(policy)),
        3);
  }

  @Test
  void everyPolicyRunsEachActionOnce() {
    for (String policy : Policies.ALL_FOR_TENANTS.keySet()) {
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
  void intervalOfTheMedianHoldsIt() {
    Statistic statistic = Statistic.of(new double[] {9, 1, 8, 2, 7, 3, 6, 4, 5, 10});

    assertThat(statistic).isEqualTo(new Statistic(5.5, 2, 9));
  }
}
