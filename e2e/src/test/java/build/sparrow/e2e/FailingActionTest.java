package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class FailingActionTest {
  private static final int BUILD_FAILED = 1;

  @RegisterExtension
  static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.TOOLCHAIN_ROOT));

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void aFailingCompileShowsWhatTheCompilerSaid() {
    BazelResult result = bazel.run("build", "//broken:undeclared").endedWith(BUILD_FAILED);

    assertThat(result.output())
        .contains("Compiling broken/undeclared.cc failed: (Exit 1)")
        .contains("broken/undeclared.cc:1:23: error: 'kNobodyDeclaredThis' was not declared");
  }

  @Test
  void aFailingCommandShowsItsExitCodeAndItsWords() {
    BazelResult result = bazel.run("build", "//broken:complaint").endedWith(BUILD_FAILED);

    assertThat(result.output()).contains("failed: (Exit 3)");
    assertThat(result.output().lines()).contains("out of cheese");
  }

  @Test
  void aFailureIsRunAgainAndNotRemembered() {
    bazel.run("build", "//broken:complaint").endedWith(BUILD_FAILED);
    BazelResult again = bazel.run("build", "//broken:complaint").endedWith(BUILD_FAILED);

    assertThat(again.calls().of("Execute")).hasSize(1);
    assertThat(again.output().lines()).contains("out of cheese");
  }
}
