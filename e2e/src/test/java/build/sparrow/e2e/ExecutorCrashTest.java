package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelCommand;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.farm.Eventually;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ExecutorCrashTest {
  @RegisterExtension
  static final Farm farm = Farm.inManyProcesses(FarmLayout.with(Sandbox.TOOLCHAIN_ROOT));

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void theBuildSucceedsAndBazelRetriesNothing_whenAnExecutorIsKilled() {
    BazelCommand build = bazel.start("build", "//slow");
    List<String> lost =
        Eventually.get(
            "executor-0 runs actions",
            Duration.ofSeconds(60),
            () -> Optional.of(farm.runningOperations(0)).filter(running -> !running.isEmpty()));
    farm.executor(0).kill();
    Eventually.holds(
        lost.getFirst() + " is tried a second time",
        Duration.ofSeconds(10),
        () -> farm.why(lost.getFirst()).filter(why -> why.getAttempts() >= 2).isPresent());
    BazelResult result = build.await().succeeded();

    SlowActions.assertRanOnceForBazel(result);
    assertThat(result.warnings()).isEmpty();
  }
}
