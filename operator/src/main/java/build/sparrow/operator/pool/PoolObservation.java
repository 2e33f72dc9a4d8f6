package build.sparrow.operator.pool;

import build.sparrow.operator.link.FarmView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is seen of a pool at one time.
 *
 * @param pods that belong to it, as a cache has them
 * @param nodes by name; those that are not watched are not there
 * @param view what the frontends say together; empty if none answers
 */
record PoolObservation(List<Pod> pods, Map<String, Node> nodes, Optional<FarmView> view) {
  PoolObservation {
    pods = List.copyOf(pods);
    nodes = Map.copyOf(nodes);
  }

  /** Every frontend has answered, so that who runs nothing for them runs nothing at all. */
  boolean isComplete() {
    return view.filter(v -> v.answering() > 0 && v.answering() >= v.expected()).isPresent();
  }
}
