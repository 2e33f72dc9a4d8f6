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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ExecutorDrainTest {
  @RegisterExtension
  static final Farm farm = Farm.inManyProcesses(FarmLayout.with(Sandbox.TOOLCHAIN_ROOT));

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void theBuildSucceedsAndTheExecutorEndsWithCodeZero_whenItIsToldToStop() {
    BazelCommand build = bazel.start("build", "//slow");
    Eventually.holds(
        "executor-0 runs actions",
        Duration.ofSeconds(60),
        () -> !farm.runningOperations(0).isEmpty());
    farm.executor(0).terminate();
    int exitCode = farm.executor(0).awaitExit(Duration.ofSeconds(15));
    boolean buildWentOn = build.isRunning();
    BazelResult result = build.await().succeeded();

    assertThat(exitCode).isZero();
    assertThat(buildWentOn).as("the build outlives the executor:%n%s", result.output()).isTrue();
    SlowActions.assertRanOnceForBazel(result);
    assertThat(result.warnings()).isEmpty();
  }
}
