package build.sparrow.operator.farm;

import build.sparrow.crds.MonitoringSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The PodMonitor by which a Prometheus finds the pods, where the cluster has that kind. */
final class MonitoringObjects {
  static final String API_VERSION = "monitoring.coreos.com/v1";
  static final String KIND = "PodMonitor";

  private final FarmNames names;
  private final MonitoringSpec.PodMonitor spec;

  MonitoringObjects(FarmNames names, MonitoringSpec.PodMonitor spec) {
    this.names = names;
    this.spec = spec;
  }

  List<HasMetadata> objects(FarmObservation observed) {
    return observed.podMonitors() && spec.mode() == MonitoringSpec.Mode.AUTO
        ? List.of(monitor())
        : List.of();
  }

  private GenericKubernetesResource monitor() {
    ObjectMeta metadata = names.metadata(names.farm());
    Map<String, String> labels = new TreeMap<>(spec.labels());
    labels.putAll(metadata.getLabels()); // By ours the operator finds it.
    metadata.setLabels(labels);
    GenericKubernetesResource monitor = new GenericKubernetesResource();
    monitor.setApiVersion(API_VERSION);
    monitor.setKind(KIND);
    monitor.setMetadata(metadata);
    monitor.setAdditionalProperty(
        "spec",
        Map.of(
            "selector",
            Map.of("matchLabels", Labels.selector(names.farm(), null, null)),
            "podTargetLabels",
            List.of(Labels.COMPONENT, Labels.POOL),
            "podMetricsEndpoints",
            List.of(Map.of("port", "metrics", "interval", spec.intervalSeconds() + "s"))));
    return monitor;
  }
}
