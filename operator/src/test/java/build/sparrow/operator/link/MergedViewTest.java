package build.sparrow.operator.link;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.PoolStatus;
import build.sparrow.operator.link.ExecutorView.State;
import com.google.protobuf.util.Durations;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MergedViewTest {
  private static ExecutorStatus executor(
      String incarnation, ExecutorStatus.State state, String... running) {
    return ExecutorStatus.newBuilder()
        .setName("a")
        .setPool("linux")
        .setIncarnation(incarnation)
        .setState(state)
        .setSlots(4)
        .addAllRunningOperations(List.of(running))
        .setIsolationLevel("Full")
        .build();
  }

  private static ExecutorView merged(ExecutorStatus one, ExecutorStatus other) {
    FarmView view =
        MergedView.of(
            2,
            List.of(
                InspectResponse.newBuilder().addExecutors(one).build(),
                InspectResponse.newBuilder().addExecutors(other).build()));
    assertThat(view.executors()).containsOnlyKeys("a");
    return view.executors().values().iterator().next();
  }

  @Test
  void whatAnExecutorRunsIsSummed_andTheWorstStateCounts() {
    assertThat(
            merged(
                executor("1", ExecutorStatus.State.DRAINING, "x", "y"),
                executor("1", ExecutorStatus.State.READY, "z")))
        .isEqualTo(new ExecutorView("a", "linux", "1", State.DRAINING, 4, 3, "Full"));
  }

  @Test
  void processThatIsMissedGivesWayToTheOneAfterIt_whateverTheOrder() {
    ExecutorStatus missed = executor("1", ExecutorStatus.State.SUSPECT, "x");
    ExecutorStatus restarted = executor("2", ExecutorStatus.State.READY);

    assertThat(merged(missed, restarted)).isEqualTo(merged(restarted, missed));
    assertThat(merged(missed, restarted).incarnation()).isEqualTo("2");
    assertThat(merged(missed, restarted).running()).isZero();
  }

  @Test
  void demandIsSummed_andTheLongestWaitCounts() {
    InspectResponse one =
        InspectResponse.newBuilder()
            .addPools(
                PoolStatus.newBuilder()
                    .setName("linux")
                    .setQueuedActions(2)
                    .setOldestWait(Durations.fromMillis(1500)))
            .build();
    InspectResponse other =
        InspectResponse.newBuilder()
            .addPools(PoolStatus.newBuilder().setName("linux").setQueuedActions(1))
            .build();

    FarmView view = MergedView.of(3, List.of(one, other));

    assertThat(view.answering()).isEqualTo(2);
    assertThat(view.expected()).isEqualTo(3);
    assertThat(view.demand("linux")).isEqualTo(new PoolDemand(3, Duration.ofMillis(1500)));
    assertThat(view.demand("other")).isEqualTo(PoolDemand.NONE);
  }
}
