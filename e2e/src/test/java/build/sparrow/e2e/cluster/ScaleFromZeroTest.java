package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.farm.Eventually;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ScaleFromZeroTest {
  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final ReapiClient client = ReapiClient.at(() -> namespace.farm().balancedEndpoint());

  @Test
  void anActionBringsAnExecutorWithinTwoSeconds_andNoneIsLeftWhenItIsLongDone() {
    TestFarm sleeping =
        namespace
            .apply(
                Example.minimal()
                    .exposed()
                    .withPools(
                        """
                        slots: 1
                        autoscaling:
                          mode: Internal
                          minReplicas: 0
                          maxReplicas: 2
                          idleTimeoutSeconds: 10
                          behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
                        """))
            .awaitReady();
    assertThat(sleeping.pods(TestFarm.EXECUTOR)).isEmpty();
    sleeping.inspect(); // The way to the farm is open before it counts.

    long asked = System.nanoTime();
    CompletableFuture<ExecuteResponse> action = new Work(client).start(1);
    Eventually.get(
        "an executor's pod is made",
        Duration.ofSeconds(2),
        Duration.ofMillis(50),
        () -> sleeping.pods(TestFarm.EXECUTOR).stream().findFirst());
    System.out.printf("A pod after %.2f s%n", (System.nanoTime() - asked) / 1e9);
    ExecuteResponse response = action.join();
    System.out.printf("A result after %.1f s%n", (System.nanoTime() - asked) / 1e9);

    assertThat(response.getStatus().getCode()).as("%s", response).isZero();
    assertThat(response.getResult().getExitCode()).as("%s", response).isZero();
    Eventually.get(
        "the pool is at zero again",
        Duration.ofSeconds(60),
        Duration.ofMillis(500),
        () -> sleeping.pods(TestFarm.EXECUTOR).isEmpty() ? Optional.of(true) : Optional.empty());
  }
}
