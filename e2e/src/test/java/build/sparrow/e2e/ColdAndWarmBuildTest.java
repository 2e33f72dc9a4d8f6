package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.Processes;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ColdAndWarmBuildTest {
  @RegisterExtension
  static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.TOOLCHAIN_ROOT));

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void theFirstBuildRunsEachActionOnTheFarm_theSecondRunsNone() {
    Processes cold = bazel.run("build", "//greeting/...").succeeded().processes();
    bazel.clean();
    Processes warm = bazel.run("build", "//greeting/...").succeeded().processes();

    int actions = GreetingActions.ALL;
    assertThat(cold.remote()).as("%s", cold).isEqualTo(actions);
    assertThat(cold.remoteCacheHits()).as("%s", cold).isZero();
    assertThat(cold.local()).as("%s", cold).isZero();
    assertThat(warm.byKind())
        .isEqualTo(Map.of("remote cache hit", actions, "internal", cold.internal()));
  }

  @Test
  void aProgramBuiltOnTheFarmRunsHere() {
    String output = bazel.run("run", "//greeting:hello").succeeded().output();

    assertThat(output.lines()).contains("Hello, world.");
  }
}
