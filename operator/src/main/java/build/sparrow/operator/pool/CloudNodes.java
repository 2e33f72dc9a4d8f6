package build.sparrow.operator.pool;

import build.sparrow.crds.SchedulingSpec.CapacityType;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the known clouds label and taint the nodes that they may take away. */
final class CloudNodes {
  /** A label that only spot nodes have. */
  private record SpotLabel(String key, String value) {}

  private static final List<SpotLabel> SPOT =
      List.of(
          new SpotLabel("cloud.google.com/gke-spot", "true"),
          new SpotLabel("eks.amazonaws.com/capacityType", "SPOT"),
          new SpotLabel("karpenter.sh/capacity-type", "spot"),
          new SpotLabel("kubernetes.azure.com/scalesetpriority", "spot"));

  /** Those labels that the cloud also sets as taints. */
  private static final List<SpotLabel> SPOT_TAINTS = List.of(SPOT.get(0), SPOT.get(3));

  private CloudNodes() {}

  /** On which nodes a pod of that type may run; null if that is all the same. */
  static @Nullable Affinity affinity(CapacityType type) {
    List<NodeSelectorTerm> terms =
        switch (type) {
          case ANY -> List.of();
          // Terms are alternatives: a node has the label of one cloud.
          case SPOT -> SPOT.stream().map(label -> term(List.of(requirement(label, "In")))).toList();
          // A node without the label passes NotIn, too.
          case ON_DEMAND ->
              List.of(term(SPOT.stream().map(label -> requirement(label, "NotIn")).toList()));
        };
    if (terms.isEmpty()) {
      return null;
    }
    return new AffinityBuilder()
        .withNewNodeAffinity()
        .withRequiredDuringSchedulingIgnoredDuringExecution(
            new NodeSelectorBuilder().withNodeSelectorTerms(terms).build())
        .endNodeAffinity()
        .build();
  }

  /** The taints of such nodes that must not keep the pod away. */
  static List<Toleration> tolerations(CapacityType type) {
    return type != CapacityType.SPOT
        ? List.of()
        : SPOT_TAINTS.stream()
            .map(
                label ->
                    new TolerationBuilder()
                        .withKey(label.key())
                        .withOperator("Equal")
                        .withValue(label.value())
                        .withEffect("NoSchedule")
                        .build())
            .toList();
  }

  private static NodeSelectorTerm term(List<NodeSelectorRequirement> all) {
    return new NodeSelectorTerm(all, List.of());
  }

  private static NodeSelectorRequirement requirement(SpotLabel label, String operator) {
    return new NodeSelectorRequirement(label.key(), operator, List.of(label.value()));
  }
}
