package build.sparrow.e2e.cluster;

import build.sparrow.e2e.bazel.Bazel;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One of three shards goes with its node, and its disk with it, and no build waits for it. */
final class ShardLossTest {
  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final Bazel bazel = Bazel.with("cluster", () -> namespace.farm().balancedBazelrcLines());

  private static final NodeFaults nodes = new NodeFaults(namespace);

  @AfterEach
  void repair() {
    nodes.startAll();
    namespace.operator().awaitReady();
    namespace.farm().awaitReady();
  }

  @Test
  void theBuildSucceeds_whileTheNodeOfAShardIsAway() {
    nodes.assumePossible();
    TestFarm farm =
        namespace
            .apply(
                Example.minimal()
                    .exposed()
                    .with("{spec: {storage: {shards: 3}}}")
                    .withPools("{replicas: 3}"))
            .awaitReady();
    String spared = farm.pods(TestFarm.FRONTEND).getFirst().getSpec().getNodeName();

    LastingBuild build = LastingBuild.start(bazel);
    LastingBuild.awaitBusyExecutor(farm, Set.of());
    nodes.kill(
        farm.pods(TestFarm.SHARD).stream()
            .map(shard -> shard.getSpec().getNodeName())
            .filter(node -> !node.equals(spared))
            .findFirst()
            .orElseThrow());

    build.succeeded(); // Nobody has brought the node back.
  }
}
