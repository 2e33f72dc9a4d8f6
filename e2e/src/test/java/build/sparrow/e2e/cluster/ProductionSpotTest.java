package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.e2e.client.ReapiClient;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ProductionSpotTest {
  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final ReapiClient client = ReapiClient.at(() -> namespace.farm().balancedEndpoint());

  @Test
  void anActionForSteadyCapacityBringsAnExecutorOfThatPool() {
    // As it is but for the sizes of a team, the cloud's load balancer, and the time of day.
    TestFarm farm =
        namespace
            .apply(
                Example.productionSpot()
                    .with(
                        """
                        spec:
                          frontend: {replicas: 2, resources: null}
                          storage: {volume: {size: 10Gi}, resources: null}
                        """)
                    .withPools(
                        """
                        resources: null
                        image: {repository: docker.io/sparrow/toolchain, tag: dev}
                        inputCache: null
                        workDir: null
                        autoscaling: {schedules: null}
                        """)
                    .exposed())
            .awaitReady();

    ExecuteResponse response = new Work(client).runOn("capacity", "steady");

    assertThat(response.getStatus().getCode()).as("%s", response).isZero();
    assertThat(response.getResult().getExitCode()).as("%s", response).isZero();
    List<String> pools =
        farm.pods(TestFarm.EXECUTOR).stream().map(ProductionSpotTest::pool).distinct().toList();
    assertThat(pools).containsExactly("steady");
  }

  private static String pool(Pod pod) {
    return pod.getMetadata().getLabels().getOrDefault("sparrow.build/pool", "");
  }
}
