package build.sparrow.e2e.cluster;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.ExecutorPool;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The objects of a farm in its namespace, as a person would list them. */
final class OwnedObjects {
  private static final String API = BuildFarm.GROUP + "/" + BuildFarm.VERSION;

  private record Kind(String apiVersion, String name) {}

  private static final List<Kind> MADE_BY_OPERATOR =
      List.of(
          new Kind("v1", "ConfigMap"),
          new Kind("v1", "Service"),
          new Kind("v1", "ServiceAccount"),
          new Kind("apps/v1", "Deployment"),
          new Kind("apps/v1", "StatefulSet"),
          new Kind("policy/v1", "PodDisruptionBudget"),
          new Kind("networking.k8s.io/v1", "NetworkPolicy"),
          new Kind(API, ExecutorPool.KIND));
  private static final List<Kind> PODS = List.of(new Kind("v1", "Pod"));

  private final TestNamespace namespace;

  OwnedObjects(TestNamespace namespace) {
    this.namespace = namespace;
  }

  /** By kind and name, the UID: another one means that the object was made anew. */
  Map<String, String> uids(String farm) {
    return map(farm, MADE_BY_OPERATOR, object -> object.getMetadata().getUid());
  }

  /** The same of pods. */
  Map<String, String> pods(String farm) {
    return map(farm, PODS, object -> object.getMetadata().getUid());
  }

  /** Both. */
  Map<String, String> everything(String farm) {
    Map<String, String> all = uids(farm);
    all.putAll(pods(farm));
    return all;
  }

  /** By kind and name, the version that every write changes; with the farms themselves. */
  Map<String, String> versions() {
    Map<String, String> versions =
        map("", MADE_BY_OPERATOR, object -> object.getMetadata().getResourceVersion());
    versions.putAll(
        map(
            "",
            List.of(new Kind(API, BuildFarm.KIND)),
            object -> object.getMetadata().getResourceVersion()));
    return versions;
  }

  private Map<String, String> map(
      String farm, List<Kind> kinds, Function<GenericKubernetesResource, String> value) {
    Map<String, String> all = new TreeMap<>();
    for (Kind kind : kinds) {
      for (GenericKubernetesResource object :
          namespace
              .client()
              .genericKubernetesResources(kind.apiVersion(), kind.name())
              .inNamespace(namespace.name())
              .list()
              .getItems()) {
        if (belongsTo(object, farm) || kind.name().equals(BuildFarm.KIND)) {
          all.put(kind.name() + "/" + object.getMetadata().getName(), value.apply(object));
        }
      }
    }
    return all;
  }

  private static boolean belongsTo(GenericKubernetesResource object, String farm) {
    Map<String, String> labels = object.getMetadata().getLabels();
    String label = labels == null ? null : labels.get(TestFarm.FARM_LABEL);
    return label != null && (farm.isEmpty() || farm.equals(label));
  }
}
