package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.farm.Eventually;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PreemptedActionTest {
  private static final int SECONDS = 20;

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final ReapiClient client = ReapiClient.at(() -> namespace.farm().balancedEndpoint());

  @Test
  void anActionThatWasPreemptedTooOftenBringsAnExecutorOnDemand_andEndsThere() {
    TestFarm farm =
        namespace
            .apply(
                Example.minimal()
                    .exposed()
                    .with(
                        """
                        spec:
                          scheduler: {preemptionsBeforeOnDemand: 0}
                          executorPools:
                          - name: fleeting
                            platform: [{name: OSFamily, value: linux}]
                            autoscaling: {mode: Internal, maxReplicas: 2}
                          - name: steady
                            platform: [{name: OSFamily, value: linux}]
                            scheduling: {capacityType: OnDemand}
                            autoscaling: {mode: Internal, maxReplicas: 2}
                        """)
                    .withPools(
                        """
                        slots: 1
                        image: {repository: docker.io/sparrow/toolchain, tag: dev}
                        disruption: {drainTimeoutSeconds: 3}
                        """))
            .awaitReady();

    CompletableFuture<ExecuteResponse> action = new Work(client).start(SECONDS);
    String first =
        Eventually.get(
            "the action's process runs",
            Duration.ofSeconds(30),
            Duration.ofMillis(200),
            farm::executing);
    assertThat(farm.pods(TestFarm.EXECUTOR)).as("nothing on demand is bought before").hasSize(1);
    Pod fleeting = farm.pods(TestFarm.EXECUTOR).getFirst();
    assertThat(poolOf(fleeting)).isEqualTo("fleeting");

    namespace.client().resource(fleeting).delete(); // Its process gets SIGTERM, as on a preemption.
    Eventually.get(
        "a pod of the pool on demand is made",
        Duration.ofSeconds(10),
        Duration.ofMillis(100),
        () ->
            Optional.of(true)
                .filter(
                    _ ->
                        farm.pods(TestFarm.EXECUTOR).stream()
                            .anyMatch(pod -> poolOf(pod).equals("steady"))));
    ExecuteResponse response = action.join();

    assertThat(response.getStatus().getCode()).as("%s", response).isZero();
    assertThat(response.getResult().getExitCode()).as("%s", response).isZero();
    assertThat(response.getResult().getExecutionMetadata().getWorker())
        .contains("steady")
        .doesNotContain(first);
  }

  private static String poolOf(Pod pod) {
    return pod.getMetadata().getLabels().getOrDefault("sparrow.build/pool", "");
  }
}
