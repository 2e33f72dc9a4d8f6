package build.sparrow.operator.farm;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.crds.BuildFarmStatus;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.ExecutorPoolStatus;
import build.sparrow.crds.PoolSpec;
import build.sparrow.operator.link.ExecutorView;
import build.sparrow.operator.link.FarmView;
import build.sparrow.operator.status.ConditionType;
import build.sparrow.operator.status.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;

/** How the executors of all pools stand, by what their pools say and what frontends tell. */
final class ExecutorHealth {
  private final FarmObservation observed;
  private final BuildFarmSpec spec;
  private final Optional<FarmView> view;

  ExecutorHealth(FarmObservation observed, BuildFarmSpec spec, Optional<FarmView> view) {
    this.observed = observed;
    this.spec = spec;
    this.view = view;
  }

  List<BuildFarmStatus.Pool> pools() {
    return spec.executorPools().stream().map(this::status).toList();
  }

  private BuildFarmStatus.Pool status(PoolSpec pool) {
    ExecutorPoolStatus status =
        observed.pool(pool.name()).map(ExecutorPool::getStatus).orElse(ExecutorPoolStatus.EMPTY);
    List<ExecutorView> executors = executors(pool);
    return new BuildFarmStatus.Pool(
        pool.name(),
        status.replicas(),
        status.readyReplicas(),
        status.busyReplicas(),
        status.drainingReplicas(),
        executors.stream().mapToInt(ExecutorView::slots).sum(),
        executors.stream().mapToInt(ExecutorView::running).sum(),
        status.queuedActions());
  }

  BuildFarmStatus.Executors all() {
    List<BuildFarmStatus.Pool> pools = pools();
    return new BuildFarmStatus.Executors(
        pools.stream().mapToInt(BuildFarmStatus.Pool::replicas).sum(),
        pools.stream().mapToInt(BuildFarmStatus.Pool::readyReplicas).sum(),
        pools.stream().mapToInt(BuildFarmStatus.Pool::queuedActions).sum());
  }

  /** The slots of as many executors as there may be. */
  int mostSlots() {
    return spec.executorPools().stream()
        .mapToInt(
            pool ->
                slots(pool)
                    * (pool.autoscaling().mode() == AutoscalingSpec.Mode.DISABLED
                        ? pool.replicas()
                        : pool.autoscaling().maxReplicas()))
        .sum();
  }

  private int slots(PoolSpec pool) {
    if (pool.slots() != null) {
      return pool.slots();
    }
    Quantity limit = pool.resources().limits().get("cpu");
    Quantity processors = limit == null ? pool.resources().requests().get("cpu") : limit;
    return processors == null
        ? executors(pool).stream().mapToInt(ExecutorView::slots).max().orElse(1)
        : wholeProcessors(processors);
  }

  private static int wholeProcessors(Quantity cpu) {
    return Math.max(1, cpu.getNumericalAmount().setScale(0, RoundingMode.CEILING).intValue());
  }

  private List<ExecutorView> executors(PoolSpec pool) {
    return view.stream()
        .flatMap(seen -> seen.executors().values().stream())
        .filter(executor -> executor.pool().equals(pool.name()))
        .toList();
  }

  Health assess() {
    if (spec.executorPools().isEmpty()) {
      return Health.ready(Reason.NO_POOLS, "The farm has no pool: it is a cache.");
    }
    List<Health> healths = spec.executorPools().stream().map(this::assess).toList();
    // What keeps a pool from working comes first, then what keeps it from being whole.
    return healths.stream()
        .filter(health -> !health.ready())
        .findFirst()
        .or(() -> healths.stream().filter(health -> !health.complete()).findFirst())
        .or(() -> healths.stream().filter(this::serves).findFirst())
        .map(
            worst ->
                new Health(
                    worst.ready(),
                    worst.complete(),
                    healths.stream().anyMatch(Health::updating),
                    worst.reason(),
                    worst.message()))
        .orElse(healths.getFirst());
  }

  private boolean serves(Health health) {
    return health.reason().equals(Reason.EXECUTORS_SERVE.word());
  }

  private Health assess(PoolSpec pool) {
    Optional<ExecutorPool> object = observed.pool(pool.name());
    ExecutorPoolStatus status =
        object.map(ExecutorPool::getStatus).orElse(ExecutorPoolStatus.EMPTY);
    int wanted = wanted(pool, object);
    if (wanted == 0) {
      return Health.ready(
          Reason.SCALED_TO_ZERO,
          "Pool %s has no executor, and wants none now.".formatted(pool.name()));
    }
    boolean ready = status.readyReplicas() > 0;
    boolean updating = status.updatedReplicas() < status.replicas();
    if (status.readyReplicas() >= wanted) {
      return new Health(
          true,
          !updating,
          updating,
          Reason.EXECUTORS_SERVE.word(),
          "%d executors serve.".formatted(all().ready()));
    }
    Optional<Condition> trouble = trouble(status);
    return trouble.isPresent()
        ? new Health(
            ready,
            false,
            updating,
            trouble.get().getReason(),
            "Pool %s: %s".formatted(pool.name(), trouble.get().getMessage()))
        : new Health(
            ready,
            false,
            updating,
            Reason.EXECUTORS_STARTING.word(),
            "Pool %s has %d of %d executors. If it takes long, see kubectl describe xp %s."
                .formatted(
                    pool.name(),
                    status.readyReplicas(),
                    wanted,
                    observed.names().pool(pool.name())));
  }

  private static int wanted(PoolSpec pool, Optional<ExecutorPool> object) {
    if (pool.autoscaling().mode() == AutoscalingSpec.Mode.DISABLED) {
      return pool.replicas();
    }
    return object
        .map(there -> there.getStatus().desiredReplicas())
        .or(() -> object.map(there -> there.getSpec().replicas()))
        .orElse(pool.autoscaling().minReplicas());
  }

  /** What the pool says is in its way. */
  private static Optional<Condition> trouble(ExecutorPoolStatus status) {
    List<Condition> bad =
        status.conditions().stream()
            .filter(
                condition ->
                    isNot(condition, ConditionType.READY)
                        || isNot(condition, ConditionType.EXECUTORS_READY)
                        || is(condition, ConditionType.STALLED)
                        || is(condition, ConditionType.SCALING_LIMITED))
            .toList();
    return bad.stream()
        .filter(
            condition -> new Health(false, false, false, condition.getReason(), "").needsSomebody())
        .findFirst()
        .or(
            () ->
                bad.stream()
                    .filter(condition -> !is(condition, ConditionType.SCALING_LIMITED))
                    .findFirst());
  }

  private static boolean isNot(Condition condition, ConditionType type) {
    return condition.getType().equals(type.word()) && condition.getStatus().equals("False");
  }

  private static boolean is(Condition condition, ConditionType type) {
    return condition.getType().equals(type.word()) && condition.getStatus().equals("True");
  }
}
