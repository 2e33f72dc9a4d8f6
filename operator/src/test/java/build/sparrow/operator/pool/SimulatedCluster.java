package build.sparrow.operator.pool;

import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.ExecutorPoolSpec;
import build.sparrow.operator.link.ExecutorView;
import build.sparrow.operator.link.FarmView;
import build.sparrow.operator.link.PoolDemand;
import build.sparrow.operator.status.Reason;
import build.sparrow.operator.status.Trouble;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pods, nodes and executors that do what they are told, a step at a time, and what is promised of
 * them.
 */
final class SimulatedCluster {
  static final Duration STARTUP = Duration.ofSeconds(4);

  /** One pod and its executor. */
  static final class Member {
    Pod pod;
    final String node;
    final Instant created;
    int running;
    Instant busyUntil = Instant.EPOCH;
    boolean draining;
    Instant mayBeDeletedFrom = Instant.MAX;
    @Nullable Instant goneAt;
    boolean failed;
    boolean hangs;

    Member(Pod pod, String node, Instant created) {
      this.pod = pod;
      this.node = node;
      this.created = created;
    }
  }

  final Map<String, Member> members = new LinkedHashMap<>();
  final Map<String, Node> nodes = new HashMap<>();
  final Set<String> deadNodes = new HashSet<>();
  final Set<String> everMade = new HashSet<>();
  final List<String> lost = new ArrayList<>();
  ExecutorPool pool;
  PoolMemory memory = PoolMemory.NONE;
  Instant now = Instant.parse("2026-11-26T12:00:00Z");
  boolean frontendsAnswer = true;
  boolean quotaIsFull;
  boolean cacheLags;

  /** Whether executors that are made from now on never come up. */
  boolean newOnesHang;

  PoolDemand demand = PoolDemand.NONE;
  int writes;
  private @Nullable List<Pod> older;
  private int uids;

  SimulatedCluster(ExecutorPool pool) {
    this.pool = pool;
    for (String node : List.of("a", "b", "c", "d")) {
      nodes.put(node, node(node));
    }
  }

  static Node node(String name) {
    return new NodeBuilder().withNewMetadata().withName(name).endMetadata().build();
  }

  /** Thrown where the operator's process ends. */
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Lets time pass: pods start, actions end, what was deleted goes. */
  void pass(Duration time) {
    now = now.plus(time);
    members
        .values()
        .removeIf(
            member ->
                member.goneAt != null
                    && !deadNodes.contains(member.node)
                    && (!now.isBefore(member.goneAt) || !isWelcomed(member)));
    for (Member member : members.values()) {
      boolean over = !now.isBefore(member.busyUntil);
      if (over || deadNodes.contains(member.node)) {
        member.running = 0;
      }
      if (member.failed) {
        member.running = 0;
      }
      member.pod = withStatus(member);
    }
  }

  boolean isWelcomed(Member member) {
    return !member.failed
        && !member.node.isEmpty()
        && !deadNodes.contains(member.node)
        && !member.hangs
        && !now.isBefore(member.created.plus(STARTUP));
  }

  /** Starts an action on an executor that takes one. */
  void occupy(Member member, Duration time) {
    if (isWelcomed(member) && !member.draining && member.goneAt == null) {
      member.running = 1;
      member.busyUntil = now.plus(time);
    }
  }

  private Pod withStatus(Member member) {
    boolean up =
        !now.isBefore(member.created.plus(STARTUP)) && !member.node.isEmpty() && !member.hangs;
    String phase = member.failed ? "Failed" : up ? "Running" : "Pending";
    PodBuilder pod =
        new PodBuilder(member.pod)
            .editOrNewSpec()
            .withNodeName(member.node.isEmpty() ? null : member.node)
            .endSpec();
    if (member.goneAt != null) {
      pod.editMetadata().withDeletionTimestamp(member.goneAt.toString()).endMetadata();
    }
    if (member.node.isEmpty()) {
      pod.withNewStatus()
          .withPhase(phase)
          .addNewCondition()
          .withType("PodScheduled")
          .withStatus("False")
          .withReason("Unschedulable")
          .withLastTransitionTime(member.created.toString())
          .endCondition()
          .endStatus();
    } else {
      pod.withNewStatus()
          .withPhase(phase)
          .addNewCondition()
          .withType("Ready")
          .withStatus(up && !member.failed ? "True" : "False")
          .withLastTransitionTime(member.created.plus(up ? STARTUP : Duration.ZERO).toString())
          .endCondition()
          .endStatus();
    }
    return pod.build();
  }

  PoolObservation observe() {
    List<Pod> newest = members.values().stream().map(member -> member.pod).toList();
    List<Pod> shown = cacheLags && older != null ? older : newest;
    older = newest;
    return new PoolObservation(
        shown, nodes, frontendsAnswer ? Optional.of(view()) : Optional.empty());
  }

  private FarmView view() {
    Map<String, ExecutorView> executors = new HashMap<>();
    members.forEach(
        (name, member) -> {
          if (isWelcomed(member)) {
            executors.put(
                name,
                new ExecutorView(
                    name,
                    "linux",
                    "1",
                    member.draining ? ExecutorView.State.DRAINING : ExecutorView.State.READY,
                    2,
                    member.running,
                    "Full"));
          }
        });
    return new FarmView(2, 2, executors, Map.of("linux", demand));
  }

  /** Plans, and does what was planned until the process ends after so many writes. */
  Plan reconcile(int writesUntilCrash) {
    Plan plan = PoolPlanner.plan(pool, observe(), memory, now);
    writes = 0;
    lost.addAll(plan.losses());
    plan.losses().forEach(name -> allow(name, now));
    plan.replicas()
        .ifPresent(
            replicas -> {
              pool.setSpec(
                  new ExecutorPoolSpec(
                      pool.getSpec().farmRef(),
                      replicas,
                      pool.getSpec().pool(),
                      pool.getSpec().image()));
              write(writesUntilCrash);
            });
    PoolMemory next = plan.memory();
    if (!plan.status().equals(pool.getStatus())) {
      pool.setStatus(plan.status());
      next = next.statusWritten(now);
      write(writesUntilCrash);
    }
    for (Pod pod : plan.creations()) {
      if (quotaIsFull) {
        next = next.without(pod.getMetadata().getName()).refused(refusal());
      } else {
        create(pod);
        write(writesUntilCrash);
      }
    }
    for (Plan.Drain drain : plan.drains()) {
      drain(drain);
      write(writesUntilCrash);
    }
    for (Plan.Deletion deletion : plan.deletions()) {
      delete(deletion);
      write(writesUntilCrash);
    }
    memory = next;
    int replicas = Objects.requireNonNullElse(pool.getSpec().replicas(), 0);
    if (!plan.creations().isEmpty()
        && unhurt() > replicas + Math.max(1, Math.ceilDiv(replicas, 10))) {
      throw new AssertionError("%d executors for %d".formatted(unhurt(), replicas));
    }
    return plan;
  }

  PoolMemory.Refusal refusal() {
    return new PoolMemory.Refusal(
        new Trouble(Reason.QUOTA_EXCEEDED, "exceeded quota: small"), now.plusSeconds(30));
  }

  private void write(int writesUntilCrash) {
    writes++;
    if (writes == writesUntilCrash) {
      // What the process knew is gone, and the next one begins with a list of its own.
      memory = PoolMemory.NONE;
      older = null;
      throw new Crash();
    }
  }

  private void create(Pod pod) {
    String name = pod.getMetadata().getName();
    if (!everMade.add(name)) {
      throw new AssertionError("pod " + name + " was made twice");
    }
    boolean spot = pod.getMetadata().getAnnotations().get(PoolNames.STAND_IN) == null;
    String node = noSpotNodes && spot ? "" : List.of("a", "b", "c", "d").get(uids % 4);
    if (deadNodes.contains(node)) {
      node = deadNodes.contains("d") ? "c" : "d";
    }
    Member member =
        new Member(
            new PodBuilder(pod).editMetadata().withUid("uid-" + uids++).endMetadata().build(),
            node,
            now);
    member.hangs = newOnesHang;
    member.pod = withStatus(member);
    members.put(name, member);
  }

  boolean noSpotNodes;

  private void drain(Plan.Drain drain) {
    Member member = members.get(drain.pod());
    if (member == null || !member.pod.getMetadata().getUid().equals(drain.uid())) {
      return;
    }
    if (frontendsAnswer && isWelcomed(member)) {
      member.draining = true;
    }
    allow(drain.pod(), now.plus(drain.grace()));
    if (!drain.marked()) {
      member.pod =
          new PodBuilder(member.pod)
              .editMetadata()
              .addToAnnotations(PoolNames.DRAINING_SINCE, drain.since().toString())
              .endMetadata()
              .build();
    }
  }

  private void allow(String name, Instant from) {
    Member member = members.get(name);
    if (member != null && from.isBefore(member.mayBeDeletedFrom)) {
      member.mayBeDeletedFrom = from;
    }
  }

  private void delete(Plan.Deletion deletion) {
    Member member = members.get(deletion.pod());
    if (member == null || !member.pod.getMetadata().getUid().equals(deletion.uid())) {
      return;
    }
    if (member.running > 0 && isWelcomed(member) && now.isBefore(member.mayBeDeletedFrom)) {
      throw new AssertionError(
          "busy executor %s was deleted %s before its deadline"
              .formatted(deletion.pod(), Duration.between(now, member.mayBeDeletedFrom)));
    }
    if (member.goneAt == null) {
      member.goneAt = now.plusSeconds(5);
      member.pod = withStatus(member);
    }
  }

  /** Those of them whose nodes stay, too. */
  private long unhurt() {
    return staying().stream()
        .filter(member -> member.node.isEmpty() || isUntainted(member.node))
        .count();
  }

  private boolean isUntainted(String node) {
    Node found = nodes.get(node);
    return found != null && found.getSpec() == null;
  }

  /** Executors that are there and are to stay, without stand-ins. */
  List<Member> staying() {
    return members.values().stream()
        .filter(member -> member.goneAt == null && !member.failed && !member.draining)
        .filter(member -> !deadNodes.contains(member.node))
        .filter(member -> Sighting.draining(member.pod) == null)
        .filter(member -> Executor.annotation(member.pod, PoolNames.STAND_IN) == null)
        .toList();
  }
}
