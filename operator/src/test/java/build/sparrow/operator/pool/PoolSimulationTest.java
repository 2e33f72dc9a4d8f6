package build.sparrow.operator.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.link.PoolDemand;
import build.sparrow.operator.pool.SimulatedCluster.Crash;
import build.sparrow.operator.pool.SimulatedCluster.Member;
import build.sparrow.operator.status.ConditionType;
import build.sparrow.operator.status.Reason;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever happens, the pool keeps its promises and comes to what its spec says. */
class PoolSimulationTest {
  private static final int SEEDS = 60;
  private static final int STEPS = 150;

  @Test
  void aPoolKeepsItsPromises_whateverHappens() {
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        run(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    int replicas = random.nextInt(12);
    String fields = "slots: 1";
    SimulatedCluster cluster = new SimulatedCluster(TestPools.pool(replicas, fields));
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(24)) {
        case 0 -> {
          replicas = random.nextInt(12);
          respec(cluster, replicas, fields);
        }
        case 1 -> {
          fields = "slots: " + (1 + random.nextInt(2));
          respec(cluster, replicas, fields);
        }
        case 2 -> any(cluster, random).ifPresent(member -> member.failed = true);
        case 3 -> taint(cluster, random);
        case 4 -> cluster.frontendsAnswer = !cluster.frontendsAnswer;
        case 5 -> cluster.quotaIsFull = !cluster.quotaIsFull;
        case 6 -> cluster.cacheLags = !cluster.cacheLags;
        case 7 -> cluster.memory = restarted(cluster);
        case 8 -> kill(cluster, random);
        default ->
            any(cluster, random)
                .ifPresent(
                    member -> cluster.occupy(member, Duration.ofSeconds(random.nextInt(90))));
      }
      reconcile(cluster, random.nextInt(6) == 0 ? 1 + random.nextInt(4) : 0);
      check(cluster);
      cluster.pass(Duration.ofMillis(200 + random.nextInt(6000)));
    }
    settle(cluster);
    checkConverged(cluster, replicas);
  }

  private static void reconcile(SimulatedCluster cluster, int writesUntilCrash) {
    try {
      cluster.reconcile(writesUntilCrash);
    } catch (Crash e) {
      cluster.cacheLags = false;
    }
  }

  private static PoolMemory restarted(SimulatedCluster cluster) {
    cluster.cacheLags = false;
    return PoolMemory.NONE;
  }

  private static void respec(SimulatedCluster cluster, int replicas, String fields) {
    var status = cluster.pool.getStatus();
    cluster.pool = TestPools.pool(replicas, fields);
    cluster.pool.setStatus(status);
  }

  private static Optional<Member> any(SimulatedCluster cluster, Random random) {
    List<Member> members = new ArrayList<>(cluster.members.values());
    return members.isEmpty()
        ? Optional.empty()
        : Optional.of(members.get(random.nextInt(members.size())));
  }

  private static void taint(SimulatedCluster cluster, Random random) {
    String name = List.of("a", "b", "c", "d").get(random.nextInt(4));
    boolean tainted = requireNonNull(cluster.nodes.get(name)).getSpec() != null;
    cluster.nodes.put(
        name,
        tainted
            ? SimulatedCluster.node(name)
            : new NodeBuilder(SimulatedCluster.node(name))
                .withNewSpec()
                .addNewTaint()
                .withKey("karpenter.sh/disrupted")
                .withEffect("NoSchedule")
                .endTaint()
                .endSpec()
                .build());
  }

  private static void kill(SimulatedCluster cluster, Random random) {
    if (!cluster.deadNodes.isEmpty()) {
      return;
    }
    String name = List.of("a", "b", "c").get(random.nextInt(3));
    cluster.deadNodes.add(name);
    cluster.nodes.put(
        name,
        new NodeBuilder(SimulatedCluster.node(name))
            .withNewStatus()
            .addNewCondition()
            .withType("Ready")
            .withStatus("Unknown")
            .endCondition()
            .endStatus()
            .build());
  }

  private static void check(SimulatedCluster cluster) {
    if (cluster.pool.getStatus().podSequence() < cluster.everMade.size()) {
      throw new AssertionError("a pod was made whose number was not written before");
    }
  }

  private static void settle(SimulatedCluster cluster) {
    cluster.frontendsAnswer = true;
    cluster.quotaIsFull = false;
    cluster.cacheLags = false;
    cluster.nodes.replaceAll(
        (name, node) -> cluster.deadNodes.contains(name) ? node : SimulatedCluster.node(name));
    for (int i = 0; i < 200; i++) {
      cluster.pass(Duration.ofSeconds(2));
      cluster.reconcile(0);
    }
  }

  private static void checkConverged(SimulatedCluster cluster, int replicas) {
    assertThat(cluster.staying()).hasSize(replicas);
    String revision = requireNonNull(ExecutorPod.of(cluster.pool)).currentRevision();
    assertThat(cluster.staying())
        .allMatch(member -> revision.equals(Executor.annotation(member.pod, PoolNames.REVISION)));
    assertThat(cluster.members.values().stream().filter(m -> !cluster.deadNodes.contains(m.node)))
        .as("those that go have gone")
        .hasSize(replicas);
    var before = cluster.pool.getStatus();
    cluster.pass(Duration.ofSeconds(2));
    Plan plan = cluster.reconcile(0);
    assertThat(plan.creations()).isEmpty();
    assertThat(plan.drains()).isEmpty();
    assertThat(plan.deletions()).isEmpty();
    assertThat(plan.losses()).isEmpty();
    assertThat(plan.notes()).isEmpty();
    assertThat(plan.status()).as("a second plan writes no status").isSameAs(before);
    assertThat(plan.status().readyReplicas()).isEqualTo(replicas);
    assertThat(plan.status().updatedReplicas()).isEqualTo(replicas);
    assertThat(plan.status().drainingReplicas()).isZero();
  }

  @Test
  void aCrashAfterAnyWriteLeadsToTheSamePool() {
    for (int k = 1; k <= 12; k++) {
      SimulatedCluster cluster = new SimulatedCluster(TestPools.pool(5, ""));
      for (int i = 0; i < 20; i++) {
        reconcile(cluster, k);
        cluster.pass(Duration.ofSeconds(2));
      }
      respec(cluster, 2, "");
      for (int i = 0; i < 40; i++) {
        reconcile(cluster, k);
        cluster.pass(Duration.ofSeconds(2));
      }

      settle(cluster);

      checkConverged(cluster, 2);
    }
  }

  @Test
  void aPoolGoesFromZeroAndToZero_asTheDemandSays() {
    SimulatedCluster cluster =
        new SimulatedCluster(
            TestPools.pool(
                0,
                "slots: 1\nautoscaling: {mode: Internal, minReplicas: 0, maxReplicas: 4,"
                    + " idleTimeoutSeconds: 20, behavior: {scaleDown:"
                    + " {stabilizationWindowSeconds: 0}}}"));
    cluster.reconcile(0);
    assertThat(cluster.members).isEmpty();

    cluster.demand = new PoolDemand(1, Duration.ofMillis(200));
    cluster.reconcile(0);

    assertThat(cluster.members).as("at the first action, at once").isNotEmpty();

    cluster.pass(SimulatedCluster.STARTUP);
    cluster.demand = PoolDemand.NONE;
    cluster.members.values().forEach(member -> cluster.occupy(member, Duration.ofSeconds(10)));
    for (int i = 0; i < 60; i++) {
      cluster.reconcile(0);
      cluster.pass(Duration.ofSeconds(1));
    }

    assertThat(cluster.members).as("idle for longer than the timeout").isEmpty();
    assertThat(cluster.pool.getStatus().replicas()).isZero();
    assertThat(requireNonNull(cluster.pool.getSpec().replicas())).isZero();
  }

  @Test
  void executorsThatFindNoNodeGoWithTheDemand_butNotWhileSomethingWaits() {
    SimulatedCluster cluster =
        new SimulatedCluster(
            TestPools.pool(
                0,
                "slots: 1\nautoscaling: {mode: Internal, minReplicas: 0, maxReplicas: 4,"
                    + " idleTimeoutSeconds: 20, behavior: {scaleDown:"
                    + " {stabilizationWindowSeconds: 0}}}"));
    cluster.demand = new PoolDemand(3, Duration.ZERO);
    cluster.reconcile(0);
    cluster.members.replaceAll(
        (name, member) -> new SimulatedCluster.Member(member.pod, "", member.created));

    waitWithoutNodes(cluster, 60);
    assertThat(cluster.members).hasSize(3);

    cluster.demand = new PoolDemand(1, Duration.ofMinutes(1));
    waitWithoutNodes(cluster, 2);
    assertThat(cluster.members).hasSize(1);

    cluster.demand = PoolDemand.NONE;
    waitWithoutNodes(cluster, 2);
    assertThat(cluster.members).isEmpty();
  }

  private static void waitWithoutNodes(SimulatedCluster cluster, int seconds) {
    for (int i = 0; i < seconds; i++) {
      cluster.pass(Duration.ofSeconds(1));
      cluster.reconcile(0);
    }
  }

  @Test
  void executorsThatFindNoNodeStayWhileOthersStandInForThem() {
    SimulatedCluster cluster =
        new SimulatedCluster(
            TestPools.pool(
                0,
                "slots: 1\nscheduling: {capacityType: Spot, onDemandFallback:"
                    + " {afterUnschedulableSeconds: 10, maxReplicas: 4}}\n"
                    + "autoscaling: {mode: Internal, minReplicas: 0, maxReplicas: 4,"
                    + " idleTimeoutSeconds: 60, behavior: {scaleDown:"
                    + " {stabilizationWindowSeconds: 0}}}"));
    cluster.demand = new PoolDemand(2, Duration.ZERO);
    cluster.reconcile(0);
    cluster.members.replaceAll(
        (name, member) -> new SimulatedCluster.Member(member.pod, "", member.created));

    waitWithoutNodes(cluster, 50);
    assertThat(cluster.members).as("two, and two that stand in").hasSize(4);
    cluster.demand = PoolDemand.NONE;
    cluster.members.values().forEach(member -> cluster.occupy(member, Duration.ofSeconds(20)));
    waitWithoutNodes(cluster, 70);
    assertThat(cluster.members).as("idle for less than the timeout").hasSize(4);

    waitWithoutNodes(cluster, 30);
    assertThat(cluster.members).as("idle for the timeout").isEmpty();
  }

  @Test
  void aChangeThatMakesNoExecutorsLeavesTheOldOnes_andIsSaid() {
    SimulatedCluster cluster = new SimulatedCluster(TestPools.pool(4, "slots: 1"));
    settle(cluster);
    cluster.newOnesHang = true;
    respec(cluster, 4, "slots: 2");
    int notes = 0;
    for (int i = 0; i < 320; i++) {
      cluster.pass(Duration.ofSeconds(2));
      notes +=
          (int)
              cluster.reconcile(0).notes().stream()
                  .filter(note -> note.reason().equals(Reason.ROLLOUT_STUCK.word()))
                  .count();
    }

    assertThat(cluster.pool.getStatus().readyReplicas()).as("of the old kind").isEqualTo(4);
    assertThat(reasonOf(cluster, ConditionType.UPDATE_IN_PROGRESS)).isEqualTo("RolloutStuck");
    assertThat(reasonOf(cluster, ConditionType.DEGRADED)).isEqualTo("RolloutStuck");
    assertThat(notes).as("told once of each condition").isEqualTo(2);

    cluster.newOnesHang = false;
    respec(cluster, 4, "slots: 3");
    settle(cluster);

    checkConverged(cluster, 4);
    assertThat(reasonOf(cluster, ConditionType.UPDATE_IN_PROGRESS)).isEqualTo("UpToDate");
  }

  private static String reasonOf(SimulatedCluster cluster, ConditionType type) {
    return cluster.pool.getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type.word()))
        .findFirst()
        .orElseThrow()
        .getReason();
  }
}
