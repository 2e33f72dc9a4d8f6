package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.operator.apply.CanonicalJson;
import build.sparrow.operator.apply.Hash;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the farm's processes are told, and who they are. */
final class ConfigObjects {
  private final FarmNames names;
  private final BuildFarmSpec spec;
  private final int foundingShards;
  private final KubernetesSerialization serialization;

  /**
   * Objects.
   *
   * @param foundingShards with how many the farm was made: those that join must change nothing
   */
  ConfigObjects(
      FarmNames names,
      BuildFarmSpec spec,
      int foundingShards,
      KubernetesSerialization serialization) {
    this.names = names;
    this.spec = spec;
    this.foundingShards = foundingShards;
    this.serialization = serialization;
  }

  List<HasMetadata> objects() {
    return List.of(
        config(),
        account(names.frontend(), FarmNames.FRONTEND),
        account(names.shard(), FarmNames.SHARD),
        account(names.executor(), FarmNames.EXECUTOR));
  }

  /** Of all that a frontend reads of the farm; the scaling of its executors is not among it. */
  String frontendHash() {
    return hash(
        Map.of(
            "limits", spec.frontend().limits(),
            "scheduler", spec.scheduler(),
            "eviction", spec.storage().eviction(),
            "pools",
                spec.executorPools().stream()
                    .map(
                        pool ->
                            Map.of(
                                "name", pool.name(),
                                "platform", pool.platform(),
                                "capacityType", pool.scheduling().capacityType()))
                    .toList()));
  }

  /**
   * Of all that a shard reads of the farm.
   *
   * @param disk as large as it is by now, so that a shard does not count on what is still to come
   */
  String shardHash(Quantity disk) {
    Map<String, Object> read = new HashMap<>();
    read.put("eviction", spec.storage().eviction());
    read.put("disk", disk);
    if (spec.storage().tier() != null) {
      read.put("tier", spec.storage().tier());
    }
    return hash(read);
  }

  private String hash(Map<String, Object> values) {
    return Hash.of(CanonicalJson.tree(serialization, values).toString());
  }

  /** The spec that the farm's processes follow, as a farm file. */
  private ConfigMap config() {
    BuildFarm farm = new BuildFarm();
    farm.setApiVersion(BuildFarm.GROUP + "/" + BuildFarm.VERSION);
    farm.setKind(BuildFarm.KIND);
    farm.setMetadata(
        new ObjectMetaBuilder().withName(names.farm()).withNamespace(names.namespace()).build());
    farm.setSpec(spec.withShards(foundingShards));
    return new ConfigMapBuilder()
        .withMetadata(names.metadata(names.config()))
        .addToData(
            RolePod.CONFIG_FILE, serialization.asYaml(CanonicalJson.tree(serialization, farm)))
        .build();
  }

  /** Without rights: no process of a farm talks to the API server. */
  private ServiceAccount account(String name, String component) {
    return new ServiceAccountBuilder()
        .withMetadata(names.metadata(name, component))
        .withAutomountServiceAccountToken(false)
        .build();
  }
}
