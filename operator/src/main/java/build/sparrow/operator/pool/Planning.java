package build.sparrow.operator.pool;

import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.SchedulingSpec.OnDemandFallback;
import build.sparrow.operator.autoscale.ScalingDecision;
import build.sparrow.operator.pool.Executor.Stage;
import build.sparrow.operator.pool.PoolMemory.Drain;
import build.sparrow.operator.pool.PoolMemory.Made;
import build.sparrow.operator.pool.PoolMemory.Rollout;
import build.sparrow.operator.pool.PoolPlanner.Wish;
import build.sparrow.operator.preemption.LeaveSignal;
import build.sparrow.operator.status.EventRecorder.Severity;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One plan while it is being made. */
final class Planning {
  /** In it all frontends have shown what they gave an executor before they heard of the drain. */
  static final Duration DRAIN_SETTLES = Duration.ofSeconds(1);

  /** In it an executor that only lost its connection would be back. */
  static final Duration SILENCE = Duration.ofSeconds(10);

  /** Past the deadline an executor may still upload and report. */
  static final Duration AFTER_DEADLINE = Duration.ofSeconds(5);

  static final Duration ROLLOUT_PATIENCE = Duration.ofMinutes(10);
  private static final Duration RESEND = Duration.ofSeconds(2);

  private final ExecutorPool pool;
  private final @Nullable ExecutorPod pods;
  private final PoolObservation seen;
  private final List<Executor> executors;
  private final Wish wish;
  private final PoolMemory memory;
  private final Instant now;
  private final Duration drainTimeout;
  private final Victims victims;

  private final List<String> losses = new ArrayList<>();
  private final List<Pod> creations = new ArrayList<>();
  private final List<Plan.Drain> drains = new ArrayList<>();
  private final List<Plan.Deletion> deletions = new ArrayList<>();
  private final List<Plan.Note> notes = new ArrayList<>();
  private final Map<String, Made> made;
  private final Map<String, Instant> deleted;
  private final Map<String, Drain> draining = new HashMap<>();
  private final Map<String, Instant> reported;
  private final Set<String> going = new HashSet<>();
  private long sequence;

  Planning(
      ExecutorPool pool,
      @Nullable ExecutorPod pods,
      PoolObservation seen,
      List<Executor> executors,
      Wish wish,
      PoolMemory memory,
      Instant now) {
    this.pool = pool;
    this.pods = pods;
    this.seen = seen;
    this.executors = executors;
    this.wish = wish;
    this.memory = memory;
    this.now = now;
    this.drainTimeout =
        Duration.ofSeconds(pool.getSpec().pool().disruption().drainTimeoutSeconds());
    this.victims = new Victims(executors, seen.isComplete());
    this.sequence = Math.max(memory.sequence(), pool.getStatus().podSequence());
    Set<String> names = executors.stream().map(Executor::name).collect(Collectors.toSet());
    Set<String> uids = executors.stream().map(Executor::uid).collect(Collectors.toSet());
    this.made = new HashMap<>(memory.made());
    made.entrySet().removeIf(pod -> names.contains(pod.getKey()) || isOld(pod.getValue().at()));
    this.deleted = new HashMap<>(memory.deleted());
    deleted.entrySet().removeIf(pod -> !uids.contains(pod.getKey()) || isOld(pod.getValue()));
    this.reported = new HashMap<>(memory.reported());
    reported.keySet().retainAll(uids);
  }

  private boolean isOld(Instant at) {
    return !now.isBefore(at.plus(PoolMemory.CACHE_LAG));
  }

  Plan plan() {
    executors.forEach(this::letGo);
    Optional<Rollout> rollout = size();
    sizeStandIns();
    executors.forEach(this::finish);
    PoolMemory next =
        new PoolMemory(
            sequence,
            made,
            deleted,
            draining,
            idle(),
            reported,
            wish.decision().map(ScalingDecision::history).orElse(memory.scaling()),
            rollout,
            memory.refusal().filter(refusal -> now.isBefore(refusal.retryAt())),
            memory.statusWritten());
    PoolReport report = new PoolReport(pool, seen, executors, wish, next, now);
    notes.addAll(report.notes());
    return new Plan(
        losses,
        report.status(),
        wish.write(),
        creations,
        drains,
        deletions,
        notes,
        next,
        recheck());
  }

  /** What goes because of what became of it or of its node. */
  private void letGo(Executor executor) {
    LeaveSignal signal = executor.signal();
    if (signal != null && executor.stage() != Stage.TERMINAL) {
      report(executor, signal);
    }
    switch (executor.stage()) {
      case TERMINAL -> {
        note(
            Severity.WARNING,
            "PodReplaced",
            "Pod %s has ended or does not come up (%s); another is made"
                .formatted(executor.name(), Executor.phase(executor.pod())));
        delete(executor);
      }
      case LOST -> delete(executor);
      case LEAVING -> {
        if (executor.view() != null && signal != null) {
          drain(executor, signal.grace());
        }
      }
      case PENDING -> {
        if (signal != null) {
          delete(executor);
        }
      }
      case WELCOMED, UNKNOWN -> {
        if (signal != null) {
          drain(executor, signal.grace());
        } else if (executor.isDraining()) {
          drain(executor, drainTimeout);
        }
      }
    }
  }

  private void report(Executor executor, LeaveSignal signal) {
    if (reported.putIfAbsent(executor.uid(), now) == null) {
      losses.add(executor.name());
      // Of pods that we deleted ourselves people are told why elsewhere.
      if (!memory.deleted().containsKey(executor.uid())) {
        note(
            Severity.WARNING,
            signal.isLoss() ? "ExecutorLost" : "ExecutorLeaves",
            signal.isLoss()
                ? "Executor %s is lost (%s); its actions run elsewhere"
                    .formatted(executor.name(), signal.detail())
                : "Executor %s leaves (%s) and has %d s to finish"
                    .formatted(executor.name(), signal.detail(), signal.grace().toSeconds()));
      }
    }
  }

  /** Makes and takes executors so that there are as many as wished, all as the spec says. */
  private Optional<Rollout> size() {
    List<Executor> base = staying(false);
    for (Executor executor : base) {
      // It never took an action; the one in its place is as it should be.
      if (executor.outdated() && executor.stage() == Stage.PENDING && pods != null) {
        delete(executor);
      }
    }
    base = staying(false);
    int wanted = wish.replicas();
    long madeBase = made.values().stream().filter(pod -> !pod.standIn()).count();
    boolean rolling = base.stream().anyMatch(Executor::outdated);
    int surge = rolling && wanted > 0 ? Math.max(1, Math.ceilDiv(wanted, 10)) : 0;
    long surplus = base.size() + madeBase - wanted - surge;
    victims.inOrder(base).stream().limit(Math.max(0, surplus)).forEach(this::take);
    base = staying(false);
    if (rolling) {
      replaceOutdated(base, wanted);
      base = staying(false);
    }
    long updated =
        base.stream().filter(executor -> !executor.outdated()).count()
            + made.values().stream().filter(this::isCurrent).count();
    // A replaced one that still works takes room, too: the pool grows by no more than the surge.
    long finishing = rolling ? executors.stream().filter(this::isReplaced).count() : 0;
    long missing = Math.min(wanted + surge - base.size() - madeBase - finishing, wanted - updated);
    for (long i = 0; i < missing; i++) {
      create(false);
    }
    return rolling ? Optional.of(progress(base)) : Optional.empty();
  }

  private boolean isReplaced(Executor executor) {
    return executor.outdated()
        && !executor.standIn()
        && executor.isReplica()
        && executor.signal() == null
        && !isStaying(executor)
        && !deleted.containsKey(executor.uid());
  }

  private boolean isCurrent(Made pod) {
    return !pod.standIn() && pods != null && pod.revision().equals(pods.currentRevision());
  }

  /** Takes as many outdated ones as there are ready executors beyond those wished for. */
  private void replaceOutdated(List<Executor> base, int wanted) {
    long spare = base.stream().filter(Executor::isReady).count() - wanted;
    List<Executor> outdated = base.stream().filter(Executor::outdated).toList();
    // One that no frontend knows does nothing: no ready one needs to be there before it goes.
    if (seen.isComplete()) {
      outdated.stream().filter(e -> e.stage() == Stage.UNKNOWN).forEach(this::take);
    }
    victims.inOrder(outdated).stream()
        .filter(Executor::isReady)
        .limit(Math.max(0, spare))
        .forEach(this::take);
  }

  private Rollout progress(List<Executor> base) {
    String revision = pods == null ? "" : pods.currentRevision();
    int welcomed = Math.toIntExact(base.stream().filter(e -> !e.outdated() && e.isReady()).count());
    Optional<Rollout> before =
        memory.rollout().filter(rollout -> rollout.revision().equals(revision));
    if (before.isPresent() && before.get().welcomed() >= welcomed) {
      return before.get();
    }
    // Only a change that was seen from its beginning has no past.
    boolean stuck = before.isEmpty() && PoolReport.saysStuck(pool);
    return new Rollout(revision, welcomed, stuck ? now.minus(ROLLOUT_PATIENCE) : now);
  }

  /** Makes executors on demand while those of a spot pool find no nodes. */
  private void sizeStandIns() {
    OnDemandFallback fallback = pool.getSpec().pool().scheduling().onDemandFallback();
    List<Executor> standIns = staying(true);
    List<Executor> waiting =
        staying(false).stream().filter(e -> e.stage() == Stage.PENDING).toList();
    long there = standIns.size() + made.values().stream().filter(Made::standIn).count();
    if (fallback == null) {
      standIns.forEach(this::take);
      return;
    }
    Duration patience = Duration.ofSeconds(fallback.afterUnschedulableSeconds());
    long unschedulable =
        waiting.stream()
            .map(executor -> Executor.unschedulableSince(executor.pod()))
            .flatMap(Optional::stream)
            .filter(since -> !now.isBefore(since.plus(patience)))
            .count();
    // One that has found a node is not ready yet; until then its stand-in stays.
    int most = fallback.maxReplicas();
    long surplus = there - Math.min(most, waiting.size());
    victims.inOrder(standIns).stream().limit(Math.max(0, surplus)).forEach(this::take);
    standIns.stream()
        .filter(Executor::outdated)
        .filter(executor -> !executor.isBusy() && isStaying(executor))
        .limit(1)
        .forEach(this::take);
    for (long i = there; i < Math.min(most, unschedulable); i++) {
      create(true);
    }
  }

  private List<Executor> staying(boolean standIns) {
    return executors.stream()
        .filter(executor -> executor.standIn() == standIns)
        .filter(this::isStaying)
        .toList();
  }

  private boolean isStaying(Executor executor) {
    return executor.isStaying() && !going.contains(executor.uid());
  }

  private void take(Executor executor) {
    if (executor.stage() == Stage.PENDING) {
      delete(executor);
    } else {
      drain(executor, drainTimeout);
    }
  }

  private void create(boolean standIn) {
    if (pods == null || memory.refusal().filter(r -> now.isBefore(r.retryAt())).isPresent()) {
      return;
    }
    Pod pod = standIn ? pods.renderStandIn(sequence) : pods.render(sequence);
    sequence++;
    creations.add(pod);
    made.put(pod.getMetadata().getName(), new Made(now, pods.currentRevision(), standIn));
  }

  private void delete(Executor executor) {
    going.add(executor.uid());
    if (deleted.putIfAbsent(executor.uid(), now) == null) {
      deletions.add(new Plan.Deletion(executor.name(), executor.uid()));
    }
  }

  /** Tells the frontends, unless they know. */
  private void drain(Executor executor, Duration grace) {
    going.add(executor.uid());
    Drain known = executor.drain();
    Instant asked = now.plus(grace);
    Instant since = known == null ? now : known.since();
    boolean sooner = known == null || asked.isBefore(known.deadline().minusSeconds(1));
    Instant deadline = known == null || sooner ? asked : known.deadline();
    boolean due =
        !executor.isAcknowledged() && (known == null || !now.isBefore(known.sent().plus(RESEND)));
    Instant sent = known == null ? Instant.EPOCH : known.sent();
    if (sooner || due) {
      sent = now;
      Duration left = Duration.between(now, deadline);
      drains.add(
          new Plan.Drain(
              executor.name(),
              executor.uid(),
              left.isNegative() ? Duration.ZERO : left,
              since,
              Sighting.draining(executor.pod()) != null || executor.stage() == Stage.LEAVING));
    }
    draining.put(executor.uid(), new Drain(since, deadline, sent));
  }

  /** Deletes who has finished, or has had its time. */
  private void finish(Executor executor) {
    Drain drain = draining.get(executor.uid());
    if (drain == null || executor.stage() == Stage.LEAVING) {
      return;
    }
    boolean idle =
        seen.isComplete()
            && executor.isAcknowledged()
            && !executor.isBusy()
            && !now.isBefore(drain.since().plus(DRAIN_SETTLES));
    boolean gone =
        seen.isComplete() && executor.view() == null && !now.isBefore(drain.since().plus(SILENCE));
    boolean late = !now.isBefore(drain.deadline().plus(AFTER_DEADLINE));
    if (late && !idle && !gone) {
      note(
          Severity.WARNING,
          "DrainDeadline",
          "Executor %s has not finished in its time; what it runs runs elsewhere"
              .formatted(executor.name()));
      if (reported.putIfAbsent(executor.uid(), now) == null) {
        losses.add(executor.name());
      }
    }
    if (idle || gone || late) {
      delete(executor);
    }
  }

  private Map<String, Instant> idle() {
    Map<String, Instant> idle = new HashMap<>();
    for (Executor executor : executors) {
      Instant since = executor.idleSince();
      if (since != null) {
        idle.put(executor.uid(), since);
      }
    }
    return idle;
  }

  private void note(Severity severity, String reason, String message) {
    notes.add(new Plan.Note(severity, reason, message));
  }

  /** When something is due that no event tells. */
  private Duration recheck() {
    Stream.Builder<Duration> due = Stream.builder();
    due.add(Duration.ofSeconds(60));
    if (!draining.isEmpty()
        || !made.isEmpty()
        || PoolPlanner.demand(pool, seen).queuedActions() > 0) {
      due.add(Duration.ofSeconds(1));
    }
    if (seen.view().isEmpty()
        || !deleted.isEmpty()
        || wish.decision().isPresent()
        || executors.stream().anyMatch(executor -> executor.stage() == Stage.PENDING)) {
      due.add(Duration.ofSeconds(5));
    }
    memory
        .refusal()
        .map(refusal -> Duration.between(now, refusal.retryAt()))
        .filter(Duration::isPositive)
        .ifPresent(due::add);
    return due.build().min(Duration::compareTo).orElseThrow();
  }
}
