package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelCommand;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.farm.Eventually;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class NodeLossTest {
  /** Twelve actions of twenty seconds, four at a time: what is lost shows in the build's time. */
  private static final int ACTIONS = 12;

  private static final String[] BUILD = {"--jobs=4", "//slow:lasting"};
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(6);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** How old the actions are when their executor goes. */
  private static final Duration AGE = Duration.ofSeconds(12);

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final Bazel bazel = Bazel.with("cluster", () -> namespace.farm().balancedBazelrcLines());

  private static final NodeFaults nodes = new NodeFaults(namespace);
  private static @Nullable Duration undisturbed;

  @BeforeAll
  static void apply() {
    // One executor on each of three nodes, and a frontend that is left whichever node goes.
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
    farm().awaitReady();
  }

  @Test
  void theBuildLosesLittleMoreThanTheLostWork_whenTheNodeOfAnExecutorDies() {
    nodes.assumePossible();
    Duration alone = undisturbed();

    long started = System.nanoTime();
    BazelCommand build = start();
    Pod victim = awaitBusyExecutorOfItsOwnNode();
    sleep(AGE);
    nodes.kill(victim.getSpec().getNodeName());
    BazelResult result = build.await(BUILD_LIMIT).succeeded();
    Duration disturbed = Duration.ofNanos(System.nanoTime() - started);

    assertNoticedNothing(result);
    Duration added = disturbed.minus(alone);
    System.out.printf(
        "Undisturbed %d s, with a node killed %d s, lost work %d s%n",
        alone.toSeconds(), disturbed.toSeconds(), AGE.toSeconds());
    assertThat(added).isLessThanOrEqualTo(AGE.multipliedBy(3).dividedBy(2));
  }

  @Test
  void theBuildGoesOn_whenTheNodeOfAnExecutorIsTakenWithNotice() throws InterruptedException {
    nodes.assumePossible();

    BazelCommand build = start();
    Pod victim = awaitBusyExecutorOfItsOwnNode();
    Thread terminating = nodes.terminate(victim.getSpec().getNodeName(), Duration.ofSeconds(15));
    BazelResult result = build.await(BUILD_LIMIT).succeeded();
    terminating.join();

    assertNoticedNothing(result);
  }

  @Test
  void theBuildSucceeds_whenTheNodeOfTheStorageDiesAndComesBack() {
    nodes.assumePossible();

    BazelCommand build = start();
    awaitBusyExecutor(Set.of());
    String node = farm().pods(TestFarm.SHARD).getFirst().getSpec().getNodeName();
    nodes.kill(node);
    nodes.start(node);

    assertRanRemotely(build.await(BUILD_LIMIT).succeeded());
  }

  @Test
  void theBuildSucceeds_whenAFrontendDies() {
    BazelCommand build = start();
    awaitBusyExecutor(Set.of());
    farm().kill(farm().pods(TestFarm.FRONTEND).getFirst());

    assertRanRemotely(build.await(BUILD_LIMIT).succeeded());
  }

  @Test
  void theBuildNoticesNothing_whenTheOperatorDies() {
    BazelCommand build = start();
    awaitBusyExecutor(Set.of());
    namespace.operator().kill();

    assertNoticedNothing(build.await(BUILD_LIMIT).succeeded());
  }

  private static Duration undisturbed() {
    Duration known = undisturbed;
    if (known == null) {
      long started = System.nanoTime();
      start().await(BUILD_LIMIT).succeeded();
      known = Duration.ofNanos(System.nanoTime() - started);
      undisturbed = known;
    }
    return known;
  }

  /** Builds what no cache has, with Bazel's own flags but for how many actions run at a time. */
  private static BazelCommand start() {
    String salt = "--action_env=SPARROW_E2E_SALT=" + UUID.randomUUID();
    return bazel.start(
        "build", Stream.concat(Stream.of(salt), Stream.of(BUILD)).toArray(String[]::new));
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
    return awaitBusyExecutor(free ? others : farms);
  }

  private static Pod awaitBusyExecutor(Set<String> spared) {
    return Eventually.get(
        "an executor on another node than " + spared + " runs actions",
        START_LIMIT,
        Duration.ofMillis(200),
        () -> {
          Map<String, Integer> running = farm().running();
          return farm().pods(TestFarm.EXECUTOR).stream()
              .filter(pod -> !spared.contains(pod.getSpec().getNodeName()))
              .filter(pod -> running.getOrDefault(pod.getMetadata().getName(), 0) > 0)
              .findFirst();
        });
  }

  private static void assertNoticedNothing(BazelResult result) {
    assertRanRemotely(result);
    assertThat(result.warnings()).isEmpty();
    assertThat(result.calls().of("Execute"))
        .hasSize(ACTIONS)
        .allSatisfy(call -> assertThat(call.code()).as("%s", call).isZero());
  }

  private static void assertRanRemotely(BazelResult result) {
    assertThat(result.processes().local()).as(result.output()).isZero();
    assertThat(result.processes().remote() + result.processes().remoteCacheHits())
        .as(result.output())
        .isEqualTo(ACTIONS);
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
