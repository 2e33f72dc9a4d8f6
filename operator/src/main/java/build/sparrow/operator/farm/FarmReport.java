package build.sparrow.operator.farm;

import build.sparrow.crds.Bazelrc;
import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.crds.BuildFarmStatus;
import build.sparrow.operator.link.FarmView;
import build.sparrow.operator.status.ConditionType;
import build.sparrow.operator.status.Conditions;
import build.sparrow.operator.status.Reason;
import build.sparrow.service.Endpoint;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is said of a farm in its status: a pure function of what was seen and done. */
final class FarmReport {
  private static final String WAIT = "Wait, or see which condition is not True.";

  private final BuildFarm farm;
  private final FollowedSpec followed;
  private final FarmObservation observed;
  private final ShardCount shards;
  private final Applied applied;
  private final Optional<FarmView> view;
  private final @Nullable String version;

  FarmReport(
      BuildFarm farm,
      FollowedSpec followed,
      FarmObservation observed,
      ShardCount shards,
      Applied applied,
      Optional<FarmView> view,
      @Nullable String version) {
    this.farm = farm;
    this.followed = followed;
    this.observed = observed;
    this.shards = shards;
    this.applied = applied;
    this.view = view;
    this.version = version;
  }

  BuildFarmStatus status(Instant now) {
    long generation = Optional.ofNullable(farm.getMetadata().getGeneration()).orElse(0L);
    Conditions conditions = Conditions.of(farm.getStatus().conditions(), generation, now);
    if (followed.spec().isEmpty()) {
      return statusWithoutFarm(generation, conditions);
    }
    BuildFarmSpec spec = followed.spec().get();
    FrontendHealth frontends = new FrontendHealth(observed, spec);
    ExecutorHealth executors = new ExecutorHealth(observed, spec, view);
    Map<ConditionType, Health> parts = new LinkedHashMap<>();
    parts.put(
        ConditionType.STORAGE_READY,
        new StorageHealth(observed, spec, shards).assess(applied.refusedGrowth()));
    parts.put(ConditionType.FRONTEND_READY, frontends.assess());
    parts.put(ConditionType.EXECUTORS_READY, executors.assess());
    Optional<Endpoint> endpoint = frontends.endpoint();
    int slots = executors.mostSlots();
    return new BuildFarmStatus(
        generation,
        version,
        endpoint.map(Endpoint::uri).orElse(null),
        endpoint.map(at -> Bazelrc.lines(at.uri(), spec.executorPools(), slots)).orElse(null),
        frontends.counts(),
        new BuildFarmStatus.Storage(shards.replicas(), StorageHealth.readyShards(observed)),
        executors.pools(),
        executors.all(),
        overall(conditions, parts).list());
  }

  private BuildFarmStatus statusWithoutFarm(long generation, Conditions conditions) {
    String message = followed.describe(observed.names());
    String reason = Reason.SPEC_INVALID.word();
    Conditions all =
        paused(conditions.set(ConditionType.READY, false, reason, message))
            .set(ConditionType.SPEC_VALID, false, reason, message)
            .set(ConditionType.STALLED, true, reason, message)
            .set(
                ConditionType.RECONCILING,
                false,
                Reason.SETTLED.word(),
                "Nothing is made until the spec is valid.");
    return new BuildFarmStatus(
        generation, version, null, null, null, null, List.of(), null, all.list());
  }

  private Conditions overall(Conditions before, Map<ConditionType, Health> parts) {
    Conditions conditions = ready(before, parts);
    conditions = reconciling(conditions, parts);
    conditions = stalled(conditions, parts);
    conditions = specValid(conditions);
    for (Map.Entry<ConditionType, Health> part : parts.entrySet()) {
      Health health = part.getValue();
      conditions = conditions.set(part.getKey(), health.ready(), health.reason(), health.message());
    }
    return applyLoop(paused(degraded(updating(conditions, parts), parts)));
  }

  private static Conditions ready(Conditions conditions, Map<ConditionType, Health> parts) {
    for (Map.Entry<ConditionType, Health> part : parts.entrySet()) {
      Health health = part.getValue();
      if (!health.ready()) {
        return conditions.set(
            ConditionType.READY,
            false,
            health.reason(),
            part.getKey().word() + ": " + health.message());
      }
    }
    return conditions.set(
        ConditionType.READY,
        true,
        Reason.ALL_COMPONENTS_READY.word(),
        "The farm takes builds; the lines for a .bazelrc are in status.bazelrc.");
  }

  private Conditions reconciling(Conditions conditions, Map<ConditionType, Health> parts) {
    Optional<Health> moving =
        parts.values().stream()
            .filter(health -> !health.complete() && !health.needsSomebody())
            .findFirst();
    if (moving.isPresent() || applied.writes() > 0) {
      return conditions.set(
          ConditionType.RECONCILING,
          true,
          Reason.COMPONENTS_CHANGING.word(),
          moving.map(Health::message).orElse("Objects of the farm were just written. " + WAIT));
    }
    return conditions.set(
        ConditionType.RECONCILING,
        false,
        Reason.SETTLED.word(),
        "Nothing changes of its own accord.");
  }

  private Conditions stalled(Conditions conditions, Map<ConditionType, Health> parts) {
    if (!followed.isFarmsOwn()) {
      return conditions.set(
          ConditionType.STALLED,
          true,
          Reason.SPEC_INVALID.word(),
          followed.describe(observed.names()));
    }
    if (!applied.refusals().isEmpty()) {
      return conditions.set(
          ConditionType.STALLED,
          true,
          Reason.APPLY_REFUSED.word(),
          "The API server refuses objects of the farm: %s. Change the spec, or let it accept them."
              .formatted(String.join("; ", applied.refusals())));
    }
    for (Health health : parts.values()) {
      if (health.needsSomebody()) {
        return conditions.set(ConditionType.STALLED, true, health.reason(), health.message());
      }
    }
    return conditions.set(
        ConditionType.STALLED,
        false,
        Reason.NOTHING_IN_THE_WAY.word(),
        "Nothing waits for a person.");
  }

  private Conditions specValid(Conditions conditions) {
    return followed.isFarmsOwn()
        ? conditions.set(
            ConditionType.SPEC_VALID, true, Reason.SPEC_ACCEPTED.word(), "The farm follows it.")
        : conditions.set(
            ConditionType.SPEC_VALID,
            false,
            Reason.SPEC_INVALID.word(),
            followed.describe(observed.names()));
  }

  private static Conditions updating(Conditions conditions, Map<ConditionType, Health> parts) {
    return parts.values().stream().anyMatch(Health::updating)
        ? conditions.set(
            ConditionType.UPDATE_IN_PROGRESS,
            true,
            Reason.ROLLING_OUT.word(),
            "Pods of an older version are being replaced; builds go on.")
        : conditions.set(
            ConditionType.UPDATE_IN_PROGRESS,
            false,
            Reason.UP_TO_DATE.word(),
            "Every pod is as the spec wants it.");
  }

  /** The farm works, but with less than it should have. */
  private static Conditions degraded(Conditions conditions, Map<ConditionType, Health> parts) {
    for (Health health : parts.values()) {
      if (health.ready() && !health.complete() && !health.updating()) {
        return conditions.set(
            ConditionType.DEGRADED,
            true,
            health.needsSomebody() ? health.reason() : Reason.FEWER_READY_THAN_WANTED.word(),
            health.message());
      }
    }
    return conditions.set(
        ConditionType.DEGRADED, false, Reason.AS_WANTED.word(), "What works is complete.");
  }

  private Conditions paused(Conditions conditions) {
    if (FarmLoop.isPausedByAnnotation(farm)) {
      return conditions.set(
          ConditionType.PAUSED,
          true,
          Reason.PAUSED_BY_ANNOTATION.word(),
          "The operator writes nothing but this status. Remove the annotation %s to go on."
              .formatted(FarmLoop.PAUSE));
    }
    return farm.getSpec().paused()
        ? conditions.set(
            ConditionType.PAUSED,
            true,
            Reason.PAUSED_BY_SPEC.word(),
            "The operator writes nothing but this status. Set spec.paused to false to go on.")
        : conditions.set(
            ConditionType.PAUSED, false, Reason.NOT_PAUSED.word(), "The operator is at work.");
  }

  private Conditions applyLoop(Conditions conditions) {
    return applied.fought().isEmpty()
        ? conditions.set(
            ConditionType.APPLY_LOOP,
            false,
            Reason.NO_FIGHT.word(),
            "Nobody undoes what the operator writes.")
        : conditions.set(
            ConditionType.APPLY_LOOP,
            true,
            Reason.FIELDS_FOUGHT_OVER.word(),
            "Somebody undoes what the operator writes to %s. See their metadata.managedFields (kubectl get --show-managed-fields), and stop whoever else writes these fields."
                .formatted(String.join(", ", applied.fought())));
  }

  /** The condition, if it is there and is not as it was. */
  static Optional<Condition> changed(
      BuildFarmStatus before, BuildFarmStatus after, ConditionType type) {
    Optional<Condition> old = find(before, type);
    return find(after, type)
        .filter(
            now ->
                old.isEmpty()
                    || !old.get().getStatus().equals(now.getStatus())
                    || !old.get().getReason().equals(now.getReason()));
  }

  private static Optional<Condition> find(BuildFarmStatus status, ConditionType type) {
    return status.conditions().stream()
        .filter(condition -> condition.getType().equals(type.word()))
        .findFirst();
  }
}
