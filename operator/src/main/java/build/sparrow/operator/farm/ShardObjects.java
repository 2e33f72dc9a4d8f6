package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.crds.TierSpec;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.ArrayList;
import java.util.List;

/** The storage. */
final class ShardObjects {
  static final String VOLUME = "data";

  private static final String FOLDER = "/data";
  private static final int GRACE_SECONDS = 60;

  private final FarmNames names;
  private final BuildFarmSpec spec;
  private final int shards;

  /**
   * Objects.
   *
   * @param shards that are to run
   */
  ShardObjects(FarmNames names, BuildFarmSpec spec, int shards) {
    this.names = names;
    this.spec = spec;
    this.shards = shards;
  }

  List<HasMetadata> objects(String image, String configHash, FarmObservation observed) {
    List<HasMetadata> objects = new ArrayList<>();
    objects.add(FrontendObjects.headless(names, names.shards(), FarmNames.SHARD));
    objects.add(statefulSet(image, configHash, templateSize(observed)));
    if (spec.storage().shards() > 1) {
      objects.add(budget());
    }
    return objects;
  }

  /** A shard counts as available only when it has all that others hold for it. */
  private PodDisruptionBudget budget() {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(names.metadata(names.shard(), FarmNames.SHARD))
        .withNewSpec()
        .withMaxUnavailable(new IntOrString(1))
        .withNewSelector()
        .withMatchLabels(Labels.selector(names.farm(), FarmNames.SHARD, null))
        .endSelector()
        .endSpec()
        .build();
  }

  /**
   * A StatefulSet's claim template cannot change. A disk that is to be larger is made so by a patch
   * of its claim, and by another one if the claim is ever made anew.
   */
  private Quantity templateSize(FarmObservation observed) {
    return observed
        .statefulSet()
        .flatMap(set -> set.getSpec().getVolumeClaimTemplates().stream().findFirst())
        .map(ShardObjects::requested)
        .orElse(spec.storage().volume().size());
  }

  static Quantity requested(PersistentVolumeClaim claim) {
    return claim.getSpec().getResources().getRequests().getOrDefault("storage", new Quantity("0"));
  }

  private StatefulSet statefulSet(String image, String configHash, Quantity size) {
    RolePod pod =
        new RolePod(
            names,
            FarmNames.SHARD,
            names.shard(),
            image,
            configHash,
            GRACE_SECONDS,
            // So that the loss of a node takes one copy of a blob, not both.
            spec.storage().copies() > 1 ? RolePod.Spread.REQUIRED : RolePod.Spread.PREFERRED);
    List<String> options = new ArrayList<>();
    options.add("--listen=0.0.0.0:" + FarmNames.GRPC_PORT);
    options.add("--data-dir=" + FOLDER);
    options.add("--metrics-listen=0.0.0.0:" + FarmNames.METRICS_PORT);
    if (spec.storage().shards() > 1) {
      options.add("--shard=" + names.shardEndpoints());
      options.add("--address=" + names.shardEndpoint("$(POD_NAME)"));
    }
    return new StatefulSetBuilder()
        .withMetadata(names.metadata(names.shard(), FarmNames.SHARD))
        .withNewSpec()
        .withReplicas(shards)
        .withRevisionHistoryLimit(3)
        .withServiceName(names.shards())
        .withPodManagementPolicy("Parallel")
        .withNewUpdateStrategy()
        .withType("RollingUpdate")
        .endUpdateStrategy()
        .withNewPersistentVolumeClaimRetentionPolicy()
        .withWhenDeleted(spec.storage().retention().whenDeleted().word())
        .withWhenScaled("Retain")
        .endPersistentVolumeClaimRetentionPolicy()
        .withNewSelector()
        .withMatchLabels(Labels.selector(names.farm(), FarmNames.SHARD, null))
        .endSelector()
        .withTemplate(
            withCredentials(
                pod.template(
                    spec,
                    spec.storage().resources(),
                    options,
                    List.of(RolePod.mount(VOLUME, FOLDER)))))
        .withVolumeClaimTemplates(claim(size))
        .endSpec()
        .build();
  }

  /** The template with the keys of the tier's bucket, if a secret has them. */
  private PodTemplateSpec withCredentials(PodTemplateSpec template) {
    TierSpec tier = spec.storage().tier();
    if (tier == null || tier.s3().credentials() == null) {
      return template;
    }
    String secret = tier.s3().credentials().secretName();
    return new PodTemplateSpecBuilder(template)
        .editSpec()
        .editFirstContainer()
        .addToEnv(
            ofSecret("AWS_ACCESS_KEY_ID", secret, "accessKeyId"),
            ofSecret("AWS_SECRET_ACCESS_KEY", secret, "secretAccessKey"))
        .endContainer()
        .endSpec()
        .build();
  }

  /** Optional, so that for lack of a secret there is no tier, and not no storage. */
  private static EnvVar ofSecret(String variable, String secret, String key) {
    return new EnvVarBuilder()
        .withName(variable)
        .withNewValueFrom()
        .withNewSecretKeyRef(key, secret, true)
        .endValueFrom()
        .build();
  }

  private PersistentVolumeClaim claim(Quantity size) {
    return new PersistentVolumeClaimBuilder()
        .withApiVersion("v1")
        .withKind("PersistentVolumeClaim")
        .withNewMetadata()
        .withName(VOLUME)
        .withLabels(Labels.of(names.farm(), FarmNames.SHARD, null))
        .endMetadata()
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withStorageClassName(spec.storage().volume().storageClassName())
        .withNewResources()
        .addToRequests("storage", size)
        .endResources()
        .endSpec()
        .build();
  }
}
