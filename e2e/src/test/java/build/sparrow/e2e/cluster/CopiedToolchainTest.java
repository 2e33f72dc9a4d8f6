package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.e2e.client.ReapiClient;
import io.fabric8.kubernetes.api.model.Pod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class CopiedToolchainTest {
  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final ReapiClient client = ReapiClient.at(() -> namespace.farm().balancedEndpoint());

  /** No volume of an image, as for nodes whose container runtime knows none; the compiler runs. */
  @Test
  void actionsSeeTheFilesOfAnImageThatNoNodeMounts() {
    TestFarm farm =
        namespace
            .apply(Example.minimal().exposed().withPools("{image: {mount: Copy}}"))
            .awaitReady();

    ExecuteResponse response = new Work(client).run("/usr/bin/g++", "--version");

    assertThat(response.getResult().getExitCode()).as("%s", response).isZero();
    assertThat(farm.pods(TestFarm.EXECUTOR))
        .isNotEmpty()
        .flatExtracting(pod -> pod.getSpec().getVolumes())
        .noneMatch(volume -> volume.getImage() != null);
    assertThat(farm.inspect().getExecutorsList())
        .isNotEmpty()
        .allMatch(executor -> executor.getIsolationLevel().equals("Full"));
    farm.pods(TestFarm.EXECUTOR).forEach(CopiedToolchainTest::printHowLongItCopied);
  }

  private static void printHowLongItCopied(Pod pod) {
    var copied = pod.getStatus().getInitContainerStatuses().getLast().getState().getTerminated();
    System.out.printf("Copied from %s to %s%n", copied.getStartedAt(), copied.getFinishedAt());
  }
}
