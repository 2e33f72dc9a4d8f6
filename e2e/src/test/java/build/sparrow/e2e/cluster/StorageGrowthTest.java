package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.farm.Eventually;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A farm gets another shard. */
final class StorageGrowthTest {
  private static final Duration GROWTH_LIMIT = Duration.ofMinutes(3);

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final Bazel bazel = Bazel.with("cluster", () -> namespace.farm().balancedBazelrcLines());

  @Test
  void theBuildSucceeds_andWhatWasCachedIsFound_whileAShardJoins() {
    Example example =
        Example.minimal()
            .exposed()
            .with("{spec: {storage: {shards: 3}}}")
            .withPools("{replicas: 2}");
    TestFarm farm = namespace.apply(example).awaitReady();
    int actions = bazel.run("build", "//greeting/...").succeeded().processes().remote();
    bazel.clean();

    LastingBuild build = LastingBuild.start(bazel);
    LastingBuild.awaitBusyExecutor(farm, Set.of());
    farm.apply(example.with("{spec: {storage: {shards: 4}}}"));

    build.succeeded();
    awaitShards(farm, 4);
    BazelResult again = bazel.run("build", "//greeting/...").succeeded();
    assertThat(again.processes().remoteCacheHits()).as(again.output()).isEqualTo(actions);
  }

  private static void awaitShards(TestFarm farm, int count) {
    Eventually.get(
        count + " shards serve",
        GROWTH_LIMIT,
        Duration.ofMillis(500),
        () ->
            Optional.ofNullable(farm.get().getStatus().storage())
                .filter(storage -> storage.shards() == count)
                .filter(storage -> storage.readyShards() == count));
    farm.awaitReason("StorageReady", "StorageServes", GROWTH_LIMIT);
  }
}
