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

final class FrontendRestartTest {
  private static final FarmLayout LAYOUT = FarmLayout.with(Sandbox.TOOLCHAIN_ROOT);

  /** As in the lines that sparrow up prints. */
  private static final String RETRIES = "--remote_retries=10";

  @RegisterExtension static final Farm farm = Farm.inManyProcesses(LAYOUT);

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void theBuildSucceeds_whenTheFrontendIsKilledAndStartedAgain() {
    BazelCommand build = bazel.start("build", RETRIES, "//slow");
    Eventually.holds(
        "all slots are busy",
        Duration.ofSeconds(60),
        () -> farm.busySlots() == LAYOUT.totalSlots());
    farm.frontend().kill();
    farm.frontend().start();
    BazelResult result = build.await().succeeded();

    assertThat(result.processes().remote() + result.processes().remoteCacheHits())
        .as(result.output())
        .isEqualTo(SlowActions.COUNT);
    assertThat(result.processes().local()).as(result.output()).isZero();
    farm.awaitExecutors();
  }
}
