package build.sparrow.e2e.cluster;

import build.sparrow.e2e.bazel.Bazel;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a build needs beside executors goes, with a frontend left to go on with. */
final class ControlLossTest {
  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final Bazel bazel = Bazel.with("cluster", () -> namespace.farm().balancedBazelrcLines());

  private static final NodeFaults nodes = new NodeFaults(namespace);

  @BeforeAll
  static void apply() {
    namespace
        .apply(
            Example.minimal()
                .exposed()
                .with("{spec: {frontend: {replicas: 2}}}")
                .withPools("{replicas: 3}"))
        .awaitReady();
  }

  @AfterEach
  void repair() {
    nodes.startAll();
    namespace.operator().awaitReady();
    namespace.farm().awaitReady();
  }

  @Test
  void theBuildSucceeds_whenTheNodeOfTheStorageDiesAndComesBack() {
    nodes.assumePossible();

    LastingBuild build = LastingBuild.start(bazel);
    LastingBuild.awaitBusyExecutor(namespace.farm(), Set.of());
    String node = namespace.farm().pods(TestFarm.SHARD).getFirst().getSpec().getNodeName();
    nodes.kill(node);
    nodes.start(node);

    build.succeeded();
  }

  @Test
  void theBuildSucceeds_whenOneFrontendAfterTheOtherDies() {
    LastingBuild build = LastingBuild.start(bazel);
    LastingBuild.awaitBusyExecutor(namespace.farm(), Set.of());
    for (var frontend : namespace.farm().pods(TestFarm.FRONTEND)) {
      namespace.farm().kill(frontend);
      namespace.farm().awaitReady();
    }

    build.succeeded();
  }

  @Test
  void theBuildNoticesNothing_whenTheOperatorDies() {
    LastingBuild build = LastingBuild.start(bazel);
    LastingBuild.awaitBusyExecutor(namespace.farm(), Set.of());
    namespace.operator().kill();

    build.noticedNothing();
  }
}
