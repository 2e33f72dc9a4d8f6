package build.sparrow.operator.farm;

import static java.net.HttpURLConnection.HTTP_BAD_REQUEST;
import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_FORBIDDEN;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.util.Objects.requireNonNull;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.crds.BuildFarmStatus;
import build.sparrow.operator.apply.Applier;
import build.sparrow.operator.apply.Applier.Outcome;
import build.sparrow.operator.link.FarmKey;
import build.sparrow.operator.link.FarmLinks;
import build.sparrow.operator.link.StorageGrowth;
import build.sparrow.operator.status.ConditionType;
import build.sparrow.operator.status.EventRecorder;
import build.sparrow.operator.status.EventRecorder.Severity;
import build.sparrow.operator.status.Reason;
import build.sparrow.service.Endpoint;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One round for one farm: plan, apply, report. What was observed is given to it. */
final class FarmLoop {
  static final String PAUSE = "sparrow.build/pause-reconciliation";

  private static final Duration SETTLED = Duration.ofMinutes(2);
  private static final Duration GROWING = Duration.ofSeconds(5);
  private static final Duration CHANGING = Duration.ofSeconds(15);
  private static final int UNPROCESSABLE = 422;

  /** Whose changes people are told. */
  private static final List<ConditionType> TOLD =
      List.of(
          ConditionType.READY,
          ConditionType.SPEC_VALID,
          ConditionType.STORAGE_READY,
          ConditionType.FRONTEND_READY,
          ConditionType.EXECUTORS_READY,
          ConditionType.STALLED,
          ConditionType.DEGRADED,
          ConditionType.PAUSED,
          ConditionType.APPLY_LOOP);

  private final KubernetesClient client;
  private final FarmLinks links;
  private final EventRecorder events;
  private final Clock clock;
  private final Applier applier;
  private final FarmPlanner planner;
  private final @Nullable String version =
      requireNonNull(FarmLoop.class.getPackage()).getImplementationVersion();

  /**
   * What a round comes to.
   *
   * @param status to be written, empty if it is as it was
   * @param next when to look again, if nothing happens before
   */
  record Round(Optional<BuildFarmStatus> status, Duration next) {}

  FarmLoop(
      KubernetesClient client,
      FarmLinks links,
      EventRecorder events,
      String operatorImage,
      Clock clock) {
    this.client = client;
    this.links = links;
    this.events = events;
    this.clock = clock;
    this.applier = new Applier(client, Labels.OPERATOR, clock);
    this.planner = new FarmPlanner(operatorImage, client.getKubernetesSerialization());
  }

  /** No longer asks anything of the farm's frontends. */
  void forget(FarmKey farm) {
    links.follow(farm, Set.of());
  }

  /**
   * Does the round.
   *
   * @throws KubernetesClientException if the API server does not answer; nothing is lost by that
   */
  Round run(BuildFarm farm, FarmObservation observed) {
    FarmKey key = new FarmKey(observed.names().namespace(), observed.names().farm());
    links.follow(key, frontends(observed));
    FollowedSpec followed = FollowedSpec.of(farm, observed.config());
    boolean isIdle = isPaused(farm) || followed.spec().isEmpty();
    BuildFarmSpec spec = followed.spec().orElse(farm.getSpec());
    ShardCount shards =
        ShardCount.of(observed, spec, isIdle ? Optional.empty() : growStorage(key, spec, observed));
    Applied applied =
        isIdle ? Applied.NOTHING : apply(planner.plan(farm, spec, observed, shards), observed);
    BuildFarmStatus before = farm.getStatus();
    BuildFarmStatus after =
        new FarmReport(farm, followed, observed, shards, applied, links.view(key), version)
            .status(clock.instant());
    tell(farm, before, after);
    boolean settled = isTrue(after, ConditionType.READY) && applied.writes() == 0;
    Duration next = settled ? SETTLED : CHANGING;
    return new Round(
        after.equals(before) ? Optional.empty() : Optional.of(after),
        settled && shards.explain(observed.names()).isPresent() ? GROWING : next);
  }

  /** Has all shards that run join, and asks how far they are. */
  private Optional<StorageGrowth> growStorage(
      FarmKey key, BuildFarmSpec spec, FarmObservation observed) {
    if (spec.storage().copies() == 1) {
      return Optional.empty();
    }
    FarmNames names = observed.names();
    int running = observed.statefulSet().map(set -> set.getSpec().getReplicas()).orElse(0);
    return running == 0
        ? Optional.empty()
        : links.growStorage(
            key,
            IntStream.range(0, running)
                .mapToObj(number -> names.shardEndpoint(names.shard() + "-" + number))
                .toList());
  }

  private static Set<Endpoint> frontends(FarmObservation observed) {
    return observed.readyFrontends().stream()
        .map(pod -> new Endpoint(pod.getStatus().getPodIP(), FarmNames.GRPC_PORT))
        .collect(Collectors.toSet());
  }

  private Applied apply(FarmPlan plan, FarmObservation observed) {
    int writes = 0;
    List<String> refusals = new ArrayList<>();
    List<String> fought = new ArrayList<>();
    for (HasMetadata object : plan.objects()) {
      String name = object.getKind() + " " + object.getMetadata().getName();
      try {
        Outcome outcome = applier.apply(object, observed.live(object));
        writes += outcome == Outcome.WRITTEN ? 1 : 0;
      } catch (KubernetesClientException e) {
        refusals.add(name + ": " + messageIfRefused(e));
      }
      if (applier.holdsBack(object)) {
        fought.add(name);
      }
    }
    Optional<String> refusedGrowth = Optional.empty();
    if (plan.disk().isPresent()) {
      Quantity size = plan.disk().get();
      for (PersistentVolumeClaim claim : observed.claims()) {
        if (FarmPlanner.isLess(ShardObjects.requested(claim), size)) {
          Optional<String> refusal = grow(claim, size);
          writes += refusal.isPresent() ? 0 : 1;
          if (refusal.isPresent()) {
            refusedGrowth = refusal;
          }
        }
      }
    }
    writes += applier.prune(observed.owned(), plan.objects());
    return new Applied(writes, List.copyOf(refusals), List.copyOf(fought), refusedGrowth);
  }

  private Optional<String> grow(PersistentVolumeClaim claim, Quantity size) {
    PersistentVolumeClaim larger =
        new PersistentVolumeClaimBuilder()
            .withNewMetadata()
            .withName(claim.getMetadata().getName())
            .withNamespace(claim.getMetadata().getNamespace())
            .endMetadata()
            .build();
    try {
      client
          .resource(larger)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"%s\"}}}}".formatted(size));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(messageIfRefused(e));
    }
  }

  /** What the server said if it will say the same again; else it is away, and the round ends. */
  private static String messageIfRefused(KubernetesClientException e) {
    return switch (e.getCode()) {
      case HTTP_BAD_REQUEST, HTTP_FORBIDDEN, HTTP_NOT_FOUND, HTTP_CONFLICT, UNPROCESSABLE ->
          e.getStatus() == null || e.getStatus().getMessage() == null
              ? String.valueOf(e.getMessage())
              : e.getStatus().getMessage();
      default -> throw e;
    };
  }

  private void tell(BuildFarm farm, BuildFarmStatus before, BuildFarmStatus after) {
    for (ConditionType type : TOLD) {
      FarmReport.changed(before, after, type)
          .filter(condition -> isNews(before, type, condition))
          .ifPresent(
              condition ->
                  events.record(
                      farm,
                      isWarning(type, condition) ? Severity.WARNING : Severity.NORMAL,
                      condition.getReason(),
                      type.word() + ": " + condition.getMessage()));
    }
  }

  /** That nothing bad has happened is no news about a farm that has just been made. */
  private static boolean isNews(BuildFarmStatus before, ConditionType type, Condition now) {
    boolean known = before.conditions().stream().anyMatch(old -> old.getType().equals(type.word()));
    return known || isBad(type, now);
  }

  private static boolean isBad(ConditionType type, Condition condition) {
    boolean badWhenTrue =
        switch (type) {
          case STALLED, DEGRADED, APPLY_LOOP, PAUSED -> true;
          default -> false;
        };
    return condition.getStatus().equals("True") == badWhenTrue;
  }

  private static boolean isWarning(ConditionType type, Condition condition) {
    if (type == ConditionType.PAUSED || !isBad(type, condition)) {
      return false;
    }
    for (Reason reason : Reason.values()) {
      if (reason.word().equals(condition.getReason())) {
        return reason.needsSomebody() || type == ConditionType.DEGRADED;
      }
    }
    return true;
  }

  private static boolean isTrue(BuildFarmStatus status, ConditionType type) {
    return status.conditions().stream()
        .anyMatch(
            condition ->
                condition.getType().equals(type.word()) && condition.getStatus().equals("True"));
  }

  private static boolean isPaused(BuildFarm farm) {
    return farm.getSpec().paused() || isPausedByAnnotation(farm);
  }

  static boolean isPausedByAnnotation(BuildFarm farm) {
    return farm.getMetadata().getAnnotations() != null
        && "true".equals(farm.getMetadata().getAnnotations().get(PAUSE));
  }
}
