package build.sparrow.operator.farm;

import build.sparrow.crds.ExecutorPool;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a farm at one time.
 *
 * @param owned every object that the farm owns
 * @param pods of its frontends and its storage
 * @param claims the disks of its storage
 * @param warnings events in its namespace that say why something was not made
 * @param podMonitors whether the cluster has that kind
 * @param storageClass whether the class that the disks ask for exists
 */
record FarmObservation(
    FarmNames names,
    List<HasMetadata> owned,
    List<Pod> pods,
    List<PersistentVolumeClaim> claims,
    List<Event> warnings,
    boolean podMonitors,
    Presence storageClass) {

  /** Whether something exists. */
  enum Presence {
    PRESENT,
    MISSING,
    /** Not looked for, or not allowed to. */
    UNKNOWN
  }

  FarmObservation {
    owned = List.copyOf(owned);
    pods = List.copyOf(pods);
    claims =
        claims.stream()
            .sorted(Comparator.comparing(claim -> claim.getMetadata().getName()))
            .toList();
    warnings = List.copyOf(warnings);
  }

  /** Leaves out what belongs to an earlier farm of that name. */
  static List<HasMetadata> ownedBy(FarmNames names, Collection<? extends HasMetadata> objects) {
    return objects.stream()
        .filter(
            object ->
                object.getMetadata().getOwnerReferences().stream()
                    .anyMatch(owner -> names.uid().equals(owner.getUid())))
        .map(HasMetadata.class::cast)
        .toList();
  }

  Optional<Deployment> deployment() {
    return find(Deployment.class, names.frontend());
  }

  Optional<StatefulSet> statefulSet() {
    return find(StatefulSet.class, names.shard());
  }

  Optional<Service> service() {
    return find(Service.class, names.frontend());
  }

  Optional<ConfigMap> config() {
    return find(ConfigMap.class, names.config());
  }

  Optional<ExecutorPool> pool(String pool) {
    return find(ExecutorPool.class, names.pool(pool));
  }

  private <T extends HasMetadata> Optional<T> find(Class<T> type, String name) {
    return owned.stream()
        .filter(type::isInstance)
        .filter(object -> object.getMetadata().getName().equals(name))
        .map(type::cast)
        .findFirst();
  }

  /** The object as it is, if it is. */
  @Nullable HasMetadata live(HasMetadata desired) {
    return owned.stream()
        .filter(object -> object.getKind().equals(desired.getKind()))
        .filter(object -> object.getMetadata().getName().equals(desired.getMetadata().getName()))
        .findFirst()
        .orElse(null);
  }

  /** The pods of a component. */
  List<Pod> podsOf(String component) {
    return pods.stream()
        .filter(pod -> component.equals(labels(pod).get(Labels.COMPONENT)))
        .toList();
  }

  /** The pods of the frontends that serve. */
  List<Pod> readyFrontends() {
    return podsOf(FarmNames.FRONTEND).stream()
        .filter(pod -> !pod.isMarkedForDeletion())
        .filter(pod -> pod.getStatus() != null && pod.getStatus().getPodIP() != null)
        .filter(
            pod ->
                pod.getStatus().getConditions().stream()
                    .anyMatch(
                        condition ->
                            "Ready".equals(condition.getType())
                                && "True".equals(condition.getStatus())))
        .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
        .toList();
  }

  /** The newest warning about an object, if there is one. */
  Optional<String> warningAbout(String kind, String name) {
    return warnings.stream()
        .filter(event -> kind.equals(event.getInvolvedObject().getKind()))
        .filter(event -> name.equals(event.getInvolvedObject().getName()))
        .max(
            Comparator.comparing(event -> Optional.ofNullable(event.getLastTimestamp()).orElse("")))
        .map(Event::getMessage);
  }

  private static Map<String, String> labels(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getLabels()).orElse(Map.of());
  }
}
