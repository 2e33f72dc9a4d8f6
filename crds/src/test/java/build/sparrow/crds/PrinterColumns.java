package build.sparrow.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinitionBuilder;
import java.util.List;

/** What {@code kubectl get} shows of each kind. */
final class PrinterColumns {
  static final List<CustomResourceColumnDefinition> OF_FARM =
      List.of(
          text("Ready", ".status.conditions[?(@.type==\"Ready\")].status"),
          text("Reason", ".status.conditions[?(@.type==\"Ready\")].reason"),
          number("Shards", ".status.storage.readyShards"),
          number("Executors", ".status.executors.ready"),
          number("Queued", ".status.executors.queuedActions"),
          text("Version", ".status.version"),
          age(),
          new CustomResourceColumnDefinitionBuilder(text("Endpoint", ".status.endpoint"))
              .withPriority(1)
              .build());

  static final List<CustomResourceColumnDefinition> OF_POOL =
      List.of(
          number("Desired", ".spec.replicas"),
          number("Ready", ".status.readyReplicas"),
          number("Busy", ".status.busyReplicas"),
          number("Draining", ".status.drainingReplicas"),
          number("Queued", ".status.queuedActions"),
          text("Farm", ".spec.farmRef.name"),
          age());

  private PrinterColumns() {}

  private static CustomResourceColumnDefinition text(String name, String path) {
    return column(name, "string", path);
  }

  private static CustomResourceColumnDefinition number(String name, String path) {
    return column(name, "integer", path);
  }

  private static CustomResourceColumnDefinition age() {
    return column("Age", "date", ".metadata.creationTimestamp");
  }

  private static CustomResourceColumnDefinition column(String name, String type, String path) {
    return new CustomResourceColumnDefinitionBuilder()
        .withName(name)
        .withType(type)
        .withJsonPath(path)
        .build();
  }
}
