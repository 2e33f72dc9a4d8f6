package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.farm.Eventually;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class TestOutcomesTest {
  private static final int TESTS_FAILED = 3;

  @RegisterExtension
  static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.TOOLCHAIN_ROOT));

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void testsPassFailAndTimeOut_eachWithItsOutput() {
    BazelResult result =
        bazel
            .run("test", "--test_timeout=2", "--test_output=errors", "//checks/...")
            .endedWith(TESTS_FAILED);

    assertThat(result.output())
        .containsPattern("(?m)^//checks:passing_test +PASSED in ")
        .containsPattern("(?m)^//checks:failing_test +FAILED in ")
        .containsPattern("(?m)^//checks:endless_test +TIMEOUT in ");
    assertThat(result.output().lines()).contains("expected 42, was 41", "counting all numbers");
    assertThat(result.processes().local()).as("%s", result.processes()).isZero();
    Eventually.holds(
        "the test that timed out left its slot",
        Duration.ofSeconds(5),
        () -> farm.busySlots() == 0);
  }

  @Test
  void aPassedTestIsNotRunAgain_aFailedOneIs() {
    bazel.run("test", "//checks:passing_test", "//checks:failing_test").endedWith(TESTS_FAILED);
    bazel.clean();
    BazelResult again =
        bazel.run("test", "//checks:passing_test", "//checks:failing_test").endedWith(TESTS_FAILED);

    assertThat(again.output())
        .containsPattern("(?m)^//checks:passing_test +\\(cached\\) PASSED in ")
        .containsPattern("(?m)^//checks:failing_test +FAILED in ");
  }
}
