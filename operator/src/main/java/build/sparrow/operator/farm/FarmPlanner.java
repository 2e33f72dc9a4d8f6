package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.BuildFarmSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Says which objects a farm consists of: a pure function of its spec and of what is there. */
final class FarmPlanner {
  private final String operatorImage;
  private final KubernetesSerialization serialization;

  /**
   * A planner.
   *
   * @param operatorImage the image of farms that name none
   */
  FarmPlanner(String operatorImage, KubernetesSerialization serialization) {
    this.operatorImage = operatorImage;
    this.serialization = serialization;
  }

  /**
   * The plan.
   *
   * @param spec to follow, which need not be the farm's own: it is the last good one
   */
  FarmPlan plan(BuildFarm farm, BuildFarmSpec spec, FarmObservation observed, ShardCount shards) {
    FarmNames names = FarmNames.of(farm);
    String image = Optional.ofNullable(spec.image().reference()).orElse(operatorImage);
    ConfigObjects config = new ConfigObjects(names, spec, shards.founding(), serialization);
    List<HasMetadata> objects = new ArrayList<>(config.objects());
    objects.addAll(new NetworkObjects(names).objects());
    objects.addAll(
        new ShardObjects(names, spec, shards.replicas())
            .objects(image, config.shardHash(usableDisk(spec, observed)), observed));
    objects.addAll(new FrontendObjects(names, spec).objects(image, config.frontendHash()));
    objects.addAll(new PoolObjects(names, spec).objects(operatorImage));
    objects.addAll(new MonitoringObjects(names, spec.monitoring().podMonitor()).objects(observed));
    return new FarmPlan(List.copyOf(objects), growth(spec, observed));
  }

  private static Optional<Quantity> growth(BuildFarmSpec spec, FarmObservation observed) {
    Quantity wanted = spec.storage().volume().size();
    return observed.claims().stream()
            .anyMatch(claim -> isLess(ShardObjects.requested(claim), wanted))
        ? Optional.of(wanted)
        : Optional.empty();
  }

  /** What the smallest disk has by now, as all shards are told the same. */
  private static Quantity usableDisk(BuildFarmSpec spec, FarmObservation observed) {
    Quantity wanted = spec.storage().volume().size();
    return observed.claims().stream()
        .filter(claim -> !waitsForRestart(claim))
        .flatMap(claim -> capacity(claim).stream())
        .filter(capacity -> isLess(capacity, wanted))
        .min(Comparator.comparing(Quantity::getNumericalAmount))
        .orElse(wanted);
  }

  private static Optional<Quantity> capacity(PersistentVolumeClaim claim) {
    return Optional.ofNullable(claim.getStatus())
        .map(status -> status.getCapacity())
        .map(capacity -> capacity.get("storage"));
  }

  /** Some disks grow only when no pod uses them. */
  private static boolean waitsForRestart(PersistentVolumeClaim claim) {
    return Optional.ofNullable(claim.getStatus())
        .map(status -> status.getConditions())
        .orElse(List.of())
        .stream()
        .anyMatch(
            condition ->
                "FileSystemResizePending".equals(condition.getType())
                    && "True".equals(condition.getStatus()));
  }

  static boolean isLess(Quantity one, Quantity other) {
    return one.getNumericalAmount().compareTo(other.getNumericalAmount()) < 0;
  }
}
