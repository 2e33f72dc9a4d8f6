package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class NodeLossTest {
  /** How old the actions are when their executor goes. */
  private static final Duration AGE = Duration.ofSeconds(12);

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final Bazel bazel = Bazel.with("cluster", () -> namespace.farm().balancedBazelrcLines());

  private static final NodeFaults nodes = new NodeFaults(namespace);
  private static @Nullable Duration undisturbed;

  @BeforeAll
  static void apply() {
    // One executor on each of three nodes, and one at least of them without frontend and storage.
    namespace.apply(Example.minimal().exposed().withPools("{replicas: 3}")).awaitReady();
  }

  @AfterEach
  void repair() {
    nodes.startAll();
    namespace.operator().awaitReady();
    farm().awaitReady();
  }

  @Test
  void theBuildLosesLittleMoreThanTheLostWork_whenTheNodeOfAnExecutorDies() {
    nodes.assumePossible();
    Duration alone = undisturbed();

    long started = System.nanoTime();
    LastingBuild build = LastingBuild.start(bazel);
    Pod victim = awaitBusyExecutorOfItsOwnNode();
    sleep(AGE);
    nodes.kill(victim.getSpec().getNodeName());
    build.noticedNothing();
    Duration disturbed = Duration.ofNanos(System.nanoTime() - started);

    Duration added = disturbed.minus(alone);
    System.out.printf(
        "Undisturbed %d s, with a node killed %d s, lost work %d s%n",
        alone.toSeconds(), disturbed.toSeconds(), AGE.toSeconds());
    assertThat(added).isLessThanOrEqualTo(AGE.multipliedBy(3).dividedBy(2));
  }

  @Test
  void theBuildGoesOn_whenTheNodeOfAnExecutorIsTakenWithNotice() throws InterruptedException {
    nodes.assumePossible();

    LastingBuild build = LastingBuild.start(bazel);
    Pod victim = awaitBusyExecutorOfItsOwnNode();
    Thread terminating = nodes.terminate(victim.getSpec().getNodeName(), Duration.ofSeconds(15));
    build.noticedNothing();
    terminating.join();
  }

  private static Duration undisturbed() {
    Duration known = undisturbed;
    if (known == null) {
      long started = System.nanoTime();
      LastingBuild.start(bazel).succeeded();
      known = Duration.ofNanos(System.nanoTime() - started);
      undisturbed = known;
    }
    return known;
  }

  /** An executor that runs actions and has its node for itself. */
  private static Pod awaitBusyExecutorOfItsOwnNode() {
    Set<String> others =
        Stream.of(
                farm().pods(TestFarm.FRONTEND),
                farm().pods(TestFarm.SHARD),
                namespace.operator().pods())
            .flatMap(List::stream)
            .map(pod -> pod.getSpec().getNodeName())
            .collect(Collectors.toSet());
    Set<String> farms =
        Stream.of(farm().pods(TestFarm.FRONTEND), farm().pods(TestFarm.SHARD))
            .flatMap(List::stream)
            .map(pod -> pod.getSpec().getNodeName())
            .collect(Collectors.toSet());
    boolean free =
        farm().pods(TestFarm.EXECUTOR).stream()
            .anyMatch(pod -> !others.contains(pod.getSpec().getNodeName()));
    // Where three nodes are too few for that, an operator goes with it; another stands by.
    return LastingBuild.awaitBusyExecutor(farm(), free ? others : farms);
  }

  private static TestFarm farm() {
    return namespace.farm();
  }

  /** What is waited for is the age of actions, not an event. */
  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
