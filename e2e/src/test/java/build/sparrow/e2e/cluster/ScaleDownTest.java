package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.farm.Eventually;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ScaleDownTest {
  private static final int SECONDS = 25;

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final ReapiClient client = ReapiClient.at(() -> namespace.farm().balancedEndpoint());

  @Test
  void idleExecutorsGoAtOnceAndBusyOnesWhenTheyAreIdle_whenThePoolIsScaledDown() {
    TestFarm scaled =
        namespace.apply(
            Example.minimal().exposed().withPools("{slots: 1, autoscaling: {mode: External}}"));
    scaled.awaitReady();
    scale(3);
    Eventually.get(
        "three executors are ready",
        Duration.ofMinutes(2),
        Duration.ofMillis(500),
        () ->
            Optional.of(scaled.inspect().getExecutorsCount()).filter(executors -> executors == 3));

    CompletableFuture<ExecuteResponse> action = new Work(client).start(SECONDS);
    String busy =
        Eventually.get(
            "the action's process runs; what has not started is handed back",
            Duration.ofSeconds(20),
            Duration.ofMillis(200),
            scaled::executing);
    scale(0);
    Eventually.get(
        "the idle executors are gone",
        Duration.ofSeconds(10),
        Duration.ofMillis(200),
        () -> Optional.of(executors()).filter(names -> names.size() <= 1));

    assertThat(executors()).containsExactly(busy);
    assertThat(action).isNotDone();
    ExecuteResponse response = action.join();
    assertThat(response.getStatus().getCode()).as("%s", response).isZero();
    assertThat(response.getResult().getExitCode()).as("%s", response).isZero();
    assertThat(response.getResult().getExecutionMetadata().getWorker()).contains(busy);
    Eventually.get(
        "the last executor is gone",
        Duration.ofSeconds(30),
        Duration.ofMillis(200),
        () -> Optional.of(executors()).filter(List::isEmpty));
  }

  /** As {@code kubectl scale xp main-linux}: a patch of the scale subresource. */
  private static void scale(int replicas) {
    namespace
        .client()
        .genericKubernetesResources(BuildFarm.GROUP + "/" + BuildFarm.VERSION, ExecutorPool.KIND)
        .inNamespace(namespace.name())
        .withName("main-linux")
        .subresource("scale")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"replicas\": %d}}".formatted(replicas));
  }

  /** Those that are not being deleted. */
  private static List<String> executors() {
    return namespace.farm().pods(TestFarm.EXECUTOR).stream()
        .map(pod -> pod.getMetadata().getName())
        .toList();
  }
}
