package build.sparrow.operator.preemption;

import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.List;

/** How long a pod without data of its own is held on a node that does not answer any more. */
public final class DeadNode {
  /** By default it would be five minutes. */
  private static final long TOLERATED_SECONDS = 30;

  private DeadNode() {}

  /** One for each taint that Kubernetes sets on such a node. */
  public static List<Toleration> tolerations() {
    return List.of(
        toleration("node.kubernetes.io/not-ready"), toleration("node.kubernetes.io/unreachable"));
  }

  private static Toleration toleration(String taint) {
    return new TolerationBuilder()
        .withKey(taint)
        .withOperator("Exists")
        .withEffect("NoExecute")
        .withTolerationSeconds(TOLERATED_SECONDS)
        .build();
  }
}
