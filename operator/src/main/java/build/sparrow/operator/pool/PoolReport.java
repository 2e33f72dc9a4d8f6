package build.sparrow.operator.pool;

import static build.sparrow.operator.status.ConditionType.DEGRADED;
import static build.sparrow.operator.status.ConditionType.PAUSED;
import static build.sparrow.operator.status.ConditionType.READY;
import static build.sparrow.operator.status.ConditionType.SCALING_ACTIVE;
import static build.sparrow.operator.status.ConditionType.SCALING_LIMITED;
import static build.sparrow.operator.status.ConditionType.UPDATE_IN_PROGRESS;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.ExecutorPoolStatus;
import build.sparrow.operator.autoscale.Limit;
import build.sparrow.operator.autoscale.ScalingDecision;
import build.sparrow.operator.link.ExecutorView;
import build.sparrow.operator.pool.Executor.Stage;
import build.sparrow.operator.pool.PoolMemory.Refusal;
import build.sparrow.operator.pool.PoolPlanner.Wish;
import build.sparrow.operator.status.Conditions;
import build.sparrow.operator.status.EventRecorder.Severity;
import build.sparrow.operator.status.Reason;
import build.sparrow.operator.status.Trouble;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What people are told of a pool: its status, and what has changed in it. */
final class PoolReport {
  private static final Duration LOAD_INTERVAL = Duration.ofSeconds(2);

  /** A node may take a while to come; until then it is no trouble. */
  private static final Duration NODE_PATIENCE = Duration.ofSeconds(30);

  private final ExecutorPool pool;
  private final PoolObservation seen;
  private final List<Executor> executors;
  private final Wish wish;
  private final PoolMemory memory;
  private final Instant now;
  private final ExecutorPoolStatus before;

  PoolReport(
      ExecutorPool pool,
      PoolObservation seen,
      List<Executor> executors,
      Wish wish,
      PoolMemory memory,
      Instant now) {
    this.pool = pool;
    this.seen = seen;
    this.executors = executors;
    this.wish = wish;
    this.memory = memory;
    this.now = now;
    this.before = pool.getStatus();
  }

  static boolean saysStuck(ExecutorPool pool) {
    return pool.getStatus().conditions().stream()
        .anyMatch(
            condition ->
                UPDATE_IN_PROGRESS.word().equals(condition.getType())
                    && Reason.ROLLOUT_STUCK.word().equals(condition.getReason()));
  }

  /** Nothing is to be done but to say so. */
  Plan paused() {
    Conditions conditions =
        conditions(before.conditions())
            .set(
                PAUSED,
                true,
                Reason.PAUSED_BY_ANNOTATION.word(),
                "Nothing is changed while the annotation %s is true; remove it to go on"
                    .formatted(PoolNames.PAUSE));
    return new Plan(
        List.of(),
        status(conditions.list()),
        OptionalInt.empty(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        memory,
        Duration.ofSeconds(60));
  }

  /** The status; the very object that the pool has if nothing is to be written. */
  ExecutorPoolStatus status() {
    Conditions conditions = conditions(before.conditions());
    conditions = scaling(conditions);
    conditions = update(conditions);
    conditions = health(conditions);
    if (conditions.holds(PAUSED)) {
      conditions =
          conditions.set(
              PAUSED, false, Reason.NOT_PAUSED.word(), "The pool is kept as its spec says");
    }
    return status(conditions.list());
  }

  private Conditions conditions(List<Condition> conditions) {
    return Conditions.of(conditions, generation(), now);
  }

  private long generation() {
    return Objects.requireNonNullElse(pool.getMetadata().getGeneration(), 0L);
  }

  private ExecutorPoolStatus status(List<Condition> conditions) {
    boolean blind = seen.view().isEmpty();
    int replicas = replicas();
    ExecutorPoolStatus status =
        new ExecutorPoolStatus(
            generation(),
            replicas,
            // Who was welcomed is not forgotten because nobody can be asked just now.
            blind ? Math.min(before.readyReplicas(), replicas) : count(this::isWelcomed),
            blind
                ? Math.min(before.busyReplicas(), replicas)
                : count(executor -> executor.isReplica() && executor.isBusy()),
            count(executor -> executor.isReplica() && isGoing(executor)),
            updated(),
            blind ? before.queuedActions() : PoolPlanner.demand(pool, seen).queuedActions(),
            PoolNames.selectorText(pool),
            memory.sequence(),
            wish.replicas(),
            isRescaled() ? now.truncatedTo(ChronoUnit.SECONDS).toString() : before.lastScaleTime(),
            isolationLevel(),
            conditions);
    boolean soon = now.isBefore(memory.statusWritten().plus(LOAD_INTERVAL));
    boolean same = status.equals(before) || (soon && PoolPlanner.differsOnlyInLoad(status, before));
    return same ? before : status;
  }

  private int replicas() {
    return count(executor -> executor.isReplica() && !isDeleted(executor)) + memory.made().size();
  }

  private boolean isDeleted(Executor executor) {
    return memory.deleted().containsKey(executor.uid());
  }

  private boolean isWelcomed(Executor executor) {
    return executor.stage() == Stage.WELCOMED && !isDeleted(executor);
  }

  private boolean isGoing(Executor executor) {
    return memory.drains().containsKey(executor.uid()) && !isDeleted(executor);
  }

  private int updated() {
    ExecutorPod pods = ExecutorPod.of(pool);
    int making =
        Math.toIntExact(
            memory.made().values().stream()
                .filter(made -> pods != null && made.revision().equals(pods.currentRevision()))
                .count());
    return making
        + count(executor -> executor.isReplica() && !executor.outdated() && !isDeleted(executor));
  }

  private int count(Predicate<Executor> test) {
    return Math.toIntExact(executors.stream().filter(test).count());
  }

  private boolean isRescaled() {
    Integer desired = before.desiredReplicas();
    return desired == null || desired != wish.replicas();
  }

  /** The worst that an executor proved; what it was while there is none to ask. */
  private @Nullable String isolationLevel() {
    Set<String> levels = new TreeSet<>();
    for (Executor executor : executors) {
      ExecutorView view = executor.view();
      if (view != null && !view.isolationLevel().isEmpty()) {
        levels.add(view.isolationLevel());
      }
    }
    if (levels.isEmpty()) {
      return before.isolationLevel();
    }
    return levels.contains("None") ? "None" : levels.iterator().next();
  }

  private Conditions scaling(Conditions conditions) {
    AutoscalingSpec.Mode mode = pool.getSpec().pool().autoscaling().mode();
    Optional<ScalingDecision> decision = wish.decision();
    Conditions active =
        switch (mode) {
          case DISABLED ->
              conditions.set(
                  SCALING_ACTIVE,
                  false,
                  Reason.SCALING_DISABLED.word(),
                  "The number of executors is replicas of the pool; set autoscaling.mode to have it"
                      + " follow the load");
          case EXTERNAL ->
              conditions.set(
                  SCALING_ACTIVE,
                  true,
                  Reason.SCALED_BY_OTHERS.word(),
                  "Whoever writes the scale of this ExecutorPool decides");
          case INTERNAL ->
              decision.isEmpty()
                  ? conditions.set(
                      SCALING_ACTIVE,
                      false,
                      Reason.NO_FRONTEND_ANSWERS.word(),
                      "No frontend says what waits; the number of executors stays as it is")
                  : conditions.set(
                      SCALING_ACTIVE,
                      true,
                      decision.get().reason().text(),
                      "The number of executors follows the actions that wait");
        };
    Optional<Trouble> quota =
        memory
            .refusal()
            .map(Refusal::trouble)
            .filter(trouble -> trouble.reason() == Reason.QUOTA_EXCEEDED);
    if (quota.isPresent()) {
      return active.set(
          SCALING_LIMITED,
          true,
          Reason.QUOTA_EXCEEDED.word(),
          quota.get().message() + " It is tried again every 30 s.");
    }
    Optional<Limit> limit = decision.flatMap(ScalingDecision::limitedBy);
    return limit.isPresent()
        ? active.set(SCALING_LIMITED, true, limit.get().text(), limit.get().nextStep())
        : active.set(
            SCALING_LIMITED,
            false,
            Reason.NOT_LIMITED.word(),
            "There are as many executors as are wished for");
  }

  private Conditions update(Conditions conditions) {
    if (memory.rollout().isEmpty()) {
      return conditions.set(
          UPDATE_IN_PROGRESS,
          false,
          Reason.UP_TO_DATE.word(),
          "Every executor is as the spec says");
    }
    if (isStuck()) {
      return conditions.set(
          UPDATE_IN_PROGRESS,
          false,
          Reason.ROLLOUT_STUCK.word(),
          "No executor of the new kind has come up for ten minutes; those of the old kind stay."
              + " See Degraded and the pods, and correct the spec.");
    }
    return conditions.set(
        UPDATE_IN_PROGRESS,
        true,
        Reason.REPLACING.word(),
        "Executors are replaced by such as the spec says now, the idle ones first");
  }

  private boolean isStuck() {
    boolean late =
        memory
            .rollout()
            .filter(rollout -> !now.isBefore(rollout.since().plus(Planning.ROLLOUT_PATIENCE)))
            .isPresent();
    boolean waiting =
        executors.stream()
            .anyMatch(executor -> !executor.outdated() && executor.stage() != Stage.WELCOMED);
    return late && (waiting || !memory.made().isEmpty());
  }

  private Conditions health(Conditions conditions) {
    Optional<Trouble> trouble = trouble();
    Conditions degraded =
        trouble.isPresent()
            ? conditions.set(DEGRADED, true, trouble.get().reason().word(), trouble.get().message())
            : conditions.set(
                DEGRADED, false, Reason.NO_TROUBLE.word(), "Nothing stands in the way");
    int wanted = wish.replicas();
    if (wanted == 0) {
      return degraded.set(READY, true, Reason.SCALED_TO_ZERO.word(), "No executor is wished for");
    }
    if (seen.view().isEmpty()) {
      return degraded.setUnknown(
          READY,
          Reason.NO_FRONTEND_ANSWERS.word(),
          "No frontend of the farm answers; see its pods and the farm's condition FrontendReady");
    }
    int ready = count(this::isWelcomed);
    if (ready >= wanted) {
      return degraded.set(
          READY, true, Reason.EXECUTORS_READY.word(), "All executors are welcomed by a frontend");
    }
    return degraded.set(
        READY,
        false,
        trouble.map(Trouble::reason).orElse(Reason.EXECUTORS_PENDING).word(),
        trouble
            .map(Trouble::message)
            .orElse("Executors are being started; see the pool's pods if that lasts"));
  }

  private Optional<Trouble> trouble() {
    if (pool.getSpec().image().reference() == null) {
      return Optional.of(
          new Trouble(
              Reason.NO_IMAGE, "The pool names no image of executors; give spec.image.repository"));
    }
    return memory
        .refusal()
        .map(Refusal::trouble)
        .or(
            () ->
                Trouble.of(
                    executors.stream().map(Executor::pod).toList(), now.minus(NODE_PATIENCE)))
        .or(
            () ->
                isStuck()
                    ? Optional.of(
                        new Trouble(
                            Reason.ROLLOUT_STUCK,
                            "The last change of the pool makes executors that do not come up;"
                                + " read their pods' logs and correct the spec"))
                    : Optional.empty())
        .or(
            () ->
                seen.view().isEmpty() && !executors.isEmpty()
                    ? Optional.of(
                        new Trouble(
                            Reason.NO_FRONTEND_ANSWERS,
                            "No frontend of the farm answers, so nobody knows who is busy; see the"
                                + " farm's condition FrontendReady"))
                    : Optional.empty());
  }

  /** What has changed since the status was written. */
  List<Plan.Note> notes() {
    List<Plan.Note> notes = new ArrayList<>();
    Integer desired = before.desiredReplicas();
    if (desired != null && desired != wish.replicas()) {
      notes.add(
          new Plan.Note(
              Severity.NORMAL,
              desired < wish.replicas() ? "ScalingUp" : "ScalingDown",
              "From %d to %d executors: %s"
                  .formatted(
                      desired,
                      wish.replicas(),
                      wish.decision()
                          .map(decision -> decision.reason().text())
                          .orElse("asked for"))));
    }
    Conditions was = conditions(before.conditions());
    Conditions is = conditions(status().conditions());
    is.get(DEGRADED)
        .filter(condition -> condition.getStatus().equals("True"))
        .filter(condition -> isNews(was.get(DEGRADED), condition))
        .ifPresent(
            condition ->
                notes.add(
                    new Plan.Note(
                        Severity.WARNING, condition.getReason(), condition.getMessage())));
    is.get(UPDATE_IN_PROGRESS)
        .filter(condition -> isNews(was.get(UPDATE_IN_PROGRESS), condition))
        .filter(condition -> was.get(UPDATE_IN_PROGRESS).isPresent())
        .ifPresent(
            condition ->
                notes.add(
                    new Plan.Note(
                        condition.getReason().equals(Reason.ROLLOUT_STUCK.word())
                            ? Severity.WARNING
                            : Severity.NORMAL,
                        condition.getReason(),
                        condition.getMessage())));
    return notes;
  }

  private static boolean isNews(Optional<Condition> before, Condition now) {
    return before
        .filter(condition -> Objects.equals(condition.getReason(), now.getReason()))
        .isEmpty();
  }
}
