package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The shards are replaced, one after the other, and come back at other addresses. */
final class StorageRolloutTest {
  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final Bazel bazel = Bazel.with("cluster", () -> namespace.farm().balancedBazelrcLines());

  @Test
  void theBuildSucceeds_andAllFindTheShardsThatMoved() {
    Example example =
        Example.minimal()
            .exposed()
            .with("{spec: {storage: {shards: 3}}}")
            .withPools("{replicas: 2}");
    TestFarm farm = namespace.apply(example).awaitReady();
    List<String> before = shards(farm);

    LastingBuild build = LastingBuild.start(bazel);
    LastingBuild.awaitBusyExecutor(farm, Set.of());
    farm.apply(example.with("{spec: {storage: {resources: {requests: {cpu: 50m}}}}}"));

    build.succeeded();
    farm.awaitReady(); // Degraded until no shard is owed anything any more.
    assertThat(shards(farm)).doesNotContainAnyElementsOf(before);
  }

  private static List<String> shards(TestFarm farm) {
    return farm.pods(TestFarm.SHARD).stream()
        .map(Pod::getMetadata)
        .map(each -> each.getUid())
        .toList();
  }
}
