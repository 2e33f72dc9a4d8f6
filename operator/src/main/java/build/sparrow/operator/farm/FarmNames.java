package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.PoolSpec;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;

/** What the objects of a farm are called, and how they name their owner. */
record FarmNames(String namespace, String farm, String uid) {
  static final int GRPC_PORT = 8980;
  static final int METRICS_PORT = 9090;
  static final String FRONTEND = "frontend";
  static final String SHARD = "shard";
  static final String EXECUTOR = "executor";

  static FarmNames of(BuildFarm farm) {
    ObjectMeta metadata = farm.getMetadata();
    return new FarmNames(metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }

  String frontend() {
    return farm + "-frontend";
  }

  /** The headless Service whose addresses are the frontends. */
  String frontends() {
    return farm + "-frontends";
  }

  String shard() {
    return farm + "-shard";
  }

  String shards() {
    return farm + "-shards";
  }

  String executor() {
    return farm + "-executor";
  }

  String config() {
    return farm + "-config";
  }

  String pool(String pool) {
    return farm + "-" + pool;
  }

  /** Unlike the frontends' one, whatever the pool is called. */
  String poolBudget(String pool) {
    return farm + "-" + pool + "-executors";
  }

  /** Whether that is the claim of a shard, as the StatefulSet calls it. */
  boolean isClaim(String name) {
    String prefix = ShardObjects.VOLUME + "-" + shard() + "-";
    return name.startsWith(prefix)
        && !name.equals(prefix)
        && name.chars().skip(prefix.length()).allMatch(c -> c >= '0' && c <= '9');
  }

  /** Where the shards answer, for processes in the cluster, with * for their numbers. */
  String shardEndpoints() {
    return shardEndpoint(shard() + "-*");
  }

  /** Where one shard answers. */
  String shardEndpoint(String pod) {
    return "%s.%s.%s.svc:%d".formatted(pod, shards(), namespace, GRPC_PORT);
  }

  /** A name with the address of each frontend. */
  String frontendsEndpoint() {
    return "%s.%s.svc:%d".formatted(frontends(), namespace, GRPC_PORT);
  }

  /** Where clients in the cluster reach the frontends. */
  String frontendHost() {
    return frontend() + "." + namespace + ".svc";
  }

  /** The metadata of an object that belongs to no component. */
  ObjectMeta metadata(String name) {
    return metadata(name, Labels.of(farm, null, null));
  }

  ObjectMeta metadata(String name, String component) {
    return metadata(name, Labels.of(farm, component, null));
  }

  ObjectMeta metadata(String name, PoolSpec pool) {
    return metadata(name, Labels.of(farm, EXECUTOR, pool.name()));
  }

  private ObjectMeta metadata(String name, Map<String, String> labels) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(namespace)
        .withLabels(labels)
        .addNewOwnerReference()
        .withApiVersion(BuildFarm.GROUP + "/" + BuildFarm.VERSION)
        .withKind(BuildFarm.KIND)
        .withName(farm)
        .withUid(uid)
        .withController(true)
        .withBlockOwnerDeletion(true)
        .endOwnerReference()
        .build();
  }
}
