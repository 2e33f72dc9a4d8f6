package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.BazelResult;

/** The package {@code //slow} of the workspace: twenty actions of a second each. */
final class SlowActions {
  static final int COUNT = 20;

  private SlowActions() {}

  /** Checks that Bazel had each action run remotely by one call, and that no call failed. */
  static void assertRanOnceForBazel(BazelResult result) {
    assertThat(result.processes().remote()).as(result.output()).isEqualTo(COUNT);
    assertThat(result.processes().local()).as(result.output()).isZero();
    assertThat(result.calls().of("Execute"))
        .hasSize(COUNT)
        .allSatisfy(call -> assertThat(call.code()).as("%s", call).isZero());
  }
}
