package build.sparrow.e2e.bazel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProcessesTest {
  @Test
  void theKindsAreRead() {
    Processes processes =
        Processes.parse(
            """
            INFO: Elapsed time: 5.070s, Critical Path: 4.09s
            INFO: 22 processes: 5 action cache hit, 7 remote cache hit, 10 internal, 4 linux-sandbox, 1 remote.
            INFO: Build completed, 2 tests FAILED, 22 total actions
            """);

    assertThat(processes.byKind())
        .isEqualTo(
            Map.of(
                "action cache hit", 5,
                "remote cache hit", 7,
                "internal", 10,
                "linux-sandbox", 4,
                "remote", 1));
    assertThat(processes.remote()).isEqualTo(1);
    assertThat(processes.remoteCacheHits()).isEqualTo(7);
    assertThat(processes.local()).isEqualTo(4);
  }

  @Test
  void aSingleProcessIsRead() {
    assertThat(Processes.parse("INFO: 1 process: 1 internal.").byKind())
        .isEqualTo(Map.of("internal", 1));
  }

  @Test
  void kindsThatDoNotAddUpAreAnError() {
    assertThatThrownBy(() -> Processes.parse("INFO: 3 processes: 1 internal, 1 remote."))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("add up to 3");
  }

  @Test
  void aLineThatIsMissingOrCannotBeReadIsAnError() {
    assertThatThrownBy(() -> Processes.parse("INFO: Build completed successfully"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("found 0");
    assertThatThrownBy(() -> Processes.parse("INFO: 3 processes: three remote."))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("three remote");
  }
}
