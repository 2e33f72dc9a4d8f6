package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.operator.farm.FarmObservation.Presence;
import build.sparrow.operator.status.Reason;
import build.sparrow.operator.status.Trouble;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** How the storage stands. */
final class StorageHealth {
  private final FarmObservation observed;
  private final FarmNames names;
  private final BuildFarmSpec spec;
  private final ShardCount count;

  StorageHealth(FarmObservation observed, BuildFarmSpec spec, ShardCount count) {
    this.count = count;
    this.observed = observed;
    this.names = observed.names();
    this.spec = spec;
  }

  static int readyShards(FarmObservation observed) {
    return observed
        .statefulSet()
        .map(StatefulSet::getStatus)
        .map(StatefulSetStatus::getReadyReplicas)
        .orElse(0);
  }

  /**
   * The health.
   *
   * @param refusedGrowth what the API server said when the disk was to grow, if it refused
   */
  Health assess(Optional<String> refusedGrowth) {
    boolean updating = observed.statefulSet().map(StorageHealth::isUpdating).orElse(false);
    int shards = count.counted();
    int readyShards = readyShards(observed);
    // With two copies of all, one shard may be away.
    boolean ready = readyShards > shards - spec.storage().copies();
    if (ready && refusedGrowth.isPresent()) {
      return Health.troubled(true, updating, resizeRefused(refusedGrowth.get()));
    }
    Optional<String> growth = count.explain(names);
    if (ready && growth.isPresent()) {
      String trouble = trouble().map(seen -> " " + seen.message()).orElse("");
      return new Health(
          true,
          readyShards >= shards && trouble.isEmpty(),
          updating,
          Reason.STORAGE_GROWS.word(),
          growth.get() + trouble);
    }
    if (ready) {
      return new Health(
          true,
          !updating && readyShards >= shards,
          updating,
          Reason.STORAGE_SERVES.word(),
          serving(shards, readyShards, updating));
    }
    Optional<Trouble> trouble = trouble();
    return trouble.isPresent()
        ? Health.troubled(false, updating, trouble.get())
        : Health.starting(
            Reason.STORAGE_STARTING,
            "%s. If it takes long, see kubectl describe statefulset %s."
                .formatted(
                    shards == 1
                        ? "The shard is starting"
                        : "Of %d shards %d serve".formatted(shards, readyShards),
                    names.shard()));
  }

  private static String serving(int shards, int readyShards, boolean updating) {
    if (shards == 1) {
      return updating ? "The shard is about to be replaced." : "The shard serves.";
    }
    if (readyShards >= shards) {
      return updating ? "The shards are replaced, one after the other." : "All shards serve.";
    }
    return "Of %d shards %d serve and hold all that they should; builds go on."
        .formatted(shards, readyShards);
  }

  private static boolean isUpdating(StatefulSet set) {
    StatefulSetStatus status = set.getStatus();
    return status == null
        || !Objects.equals(status.getObservedGeneration(), set.getMetadata().getGeneration())
        || !Objects.equals(status.getCurrentRevision(), status.getUpdateRevision());
  }

  private Optional<Trouble> trouble() {
    Optional<Trouble> pod = Trouble.of(observed.podsOf(FarmNames.SHARD));
    boolean forLackOfADisk =
        pod.filter(trouble -> trouble.reason() == Reason.UNSCHEDULABLE)
            .filter(
                trouble ->
                    trouble.message().toLowerCase(Locale.ROOT).contains("persistentvolumeclaim"))
            .isPresent();
    Optional<Trouble> claim =
        observed.claims().stream()
            .filter(StorageHealth::isPending)
            .findFirst()
            .flatMap(this::ofClaim);
    boolean classMissing =
        claim.filter(trouble -> trouble.reason() == Reason.STORAGE_CLASS_MISSING).isPresent();
    Optional<Trouble> refusal =
        observed.podsOf(FarmNames.SHARD).isEmpty()
            ? observed.warningAbout("StatefulSet", names.shard()).map(Trouble::ofRefusal)
            : Optional.empty();
    return classMissing || forLackOfADisk || pod.isEmpty()
        ? claim.or(() -> pod).or(() -> refusal)
        : pod;
  }

  private static boolean isPending(PersistentVolumeClaim claim) {
    return claim.getStatus() != null && "Pending".equals(claim.getStatus().getPhase());
  }

  private Optional<Trouble> ofClaim(PersistentVolumeClaim claim) {
    String name = claim.getMetadata().getName();
    String storageClass = claim.getSpec().getStorageClassName();
    if (storageClass == null) {
      return Optional.of(
          new Trouble(
              Reason.STORAGE_CLASS_MISSING,
              "The cluster has no default StorageClass, and the farm names none. Mark one as the"
                  + " default, or delete the farm and make it again with"
                  + " spec.storage.volume.storageClassName."));
    }
    if (observed.storageClass() == Presence.MISSING) {
      return Optional.of(
          new Trouble(
              Reason.STORAGE_CLASS_MISSING,
              "StorageClass \"%s\" does not exist. Create it, or delete the farm and make it again with another spec.storage.volume.storageClassName."
                  .formatted(storageClass)));
    }
    String seen =
        observed
            .warningAbout("PersistentVolumeClaim", name)
            .map(warning -> ": " + warning)
            .orElse("");
    return Optional.of(
        new Trouble(
            Reason.CLAIM_PENDING,
            "The disk, PersistentVolumeClaim %s, is not there yet%s. If it stays so, see kubectl describe pvc %s: whoever provisions for StorageClass \"%s\" must make it."
                .formatted(name, seen, name, storageClass)));
  }

  private Trouble resizeRefused(String refusal) {
    return new Trouble(
        Reason.RESIZE_REFUSED,
        "The disk cannot grow to %s: %s. Set allowVolumeExpansion of its StorageClass; until then the farm works with the disk as it is."
            .formatted(spec.storage().volume().size(), refusal));
  }
}
