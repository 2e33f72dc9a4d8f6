package build.sparrow.operator.preemption;

import build.sparrow.operator.preemption.LeaveSignal.Cause;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a node and a pod whether the pod's executor has to leave. The table of signs is in
 * {@code docs/operate/autoscaling-on-spot.md}.
 */
public final class NodeSignals {
  /** Karpenter and the node termination handler of AWS give two minutes, of which some is gone. */
  private static final Duration AWS_NOTICE = Duration.ofSeconds(100);

  /** GKE and AKS give thirty seconds, of which some is gone. */
  private static final Duration SHORT_NOTICE = Duration.ofSeconds(20);

  private static final String UNREACHABLE = "node.kubernetes.io/unreachable";
  private static final String CORDONED = "node.kubernetes.io/unschedulable";

  private final Duration drainTimeout;

  /** Takes how long the pool lets its executors finish where nobody presses. */
  public NodeSignals(Duration drainTimeout) {
    this.drainTimeout = drainTimeout;
  }

  /**
   * The sign that leaves the least time.
   *
   * @param node the pod's node, null if it has none or nodes are not watched
   */
  public Optional<LeaveSignal> earliest(@Nullable Node node, Pod pod, Instant now) {
    List<LeaveSignal> signals = new ArrayList<>();
    if (node != null) {
      addOfNode(node, pod, signals);
    }
    addOfPod(pod, now, signals);
    return signals.stream()
        .min(Comparator.comparing(LeaveSignal::grace).thenComparing(LeaveSignal::cause));
  }

  private void addOfNode(Node node, Pod pod, List<LeaveSignal> signals) {
    if (node.getSpec() != null) {
      if (Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
        signals.add(new LeaveSignal(Cause.CORDON, drainTimeout, "the node is cordoned"));
      }
      for (Taint taint : node.getSpec().getTaints()) {
        ofTaint(taint, pod).ifPresent(signals::add);
      }
    }
    if (node.getMetadata().getDeletionTimestamp() != null) {
      signals.add(new LeaveSignal(Cause.NODE_REMOVAL, drainTimeout, "the node is being deleted"));
    }
    if (node.getStatus() != null) {
      for (NodeCondition condition : node.getStatus().getConditions()) {
        if ("Ready".equals(condition.getType())) {
          ofReadiness(condition).ifPresent(signals::add);
        }
      }
    }
  }

  private Optional<LeaveSignal> ofTaint(Taint taint, Pod pod) {
    String key = Objects.requireNonNullElse(taint.getKey(), "");
    String detail = "taint " + key;
    if (key.equals("karpenter.sh/disrupted")
        || key.equals("karpenter.sh/disruption")
        || key.startsWith("aws-node-termination-handler/")) {
      return Optional.of(new LeaveSignal(Cause.INTERRUPTION, shortest(AWS_NOTICE), detail));
    }
    if (key.equals("cloud.google.com/impending-node-termination")
        || key.equals("remediator.aks.microsoft.com/unschedulable")) {
      return Optional.of(new LeaveSignal(Cause.INTERRUPTION, shortest(SHORT_NOTICE), detail));
    }
    if (key.equals("ToBeDeletedByClusterAutoscaler")) {
      return Optional.of(new LeaveSignal(Cause.NODE_REMOVAL, drainTimeout, detail));
    }
    if (key.equals(CORDONED)) {
      return Optional.of(new LeaveSignal(Cause.CORDON, drainTimeout, detail));
    }
    if (key.equals(UNREACHABLE)) {
      return Optional.of(new LeaveSignal(Cause.NODE_LOST, Duration.ZERO, detail));
    }
    if ("NoExecute".equals(taint.getEffect()) && !toleratedForEver(taint, pod)) {
      return Optional.of(new LeaveSignal(Cause.NODE_REMOVAL, drainTimeout, detail));
    }
    return Optional.empty();
  }

  /** A spot pool may tolerate its cloud's taint; such a node stays. */
  private static boolean toleratedForEver(Taint taint, Pod pod) {
    if (pod.getSpec() == null) {
      return false;
    }
    return pod.getSpec().getTolerations().stream()
        .anyMatch(
            toleration -> toleration.getTolerationSeconds() == null && fits(toleration, taint));
  }

  private static boolean fits(Toleration toleration, Taint taint) {
    String key = Objects.requireNonNullElse(toleration.getKey(), "");
    String effect = Objects.requireNonNullElse(toleration.getEffect(), "");
    boolean exists = "Exists".equals(toleration.getOperator());
    String wanted = Objects.requireNonNullElse(toleration.getValue(), "");
    String value = Objects.requireNonNullElse(taint.getValue(), "");
    return (key.isEmpty() ? exists : key.equals(taint.getKey()))
        && (effect.isEmpty() || effect.equals(taint.getEffect()))
        && (exists || wanted.equals(value));
  }

  private Optional<LeaveSignal> ofReadiness(NodeCondition ready) {
    String status = Objects.requireNonNullElse(ready.getStatus(), "");
    if (status.equals("Unknown")) {
      return Optional.of(
          new LeaveSignal(Cause.NODE_LOST, Duration.ZERO, "the node does not answer"));
    }
    if (!status.equals("False")) {
      return Optional.empty();
    }
    String message = Objects.requireNonNullElse(ready.getMessage(), "");
    if (message.toLowerCase(Locale.ROOT).contains("shutting down")) {
      return Optional.of(
          new LeaveSignal(
              Cause.NODE_SHUTDOWN, shortest(SHORT_NOTICE), "the node is shutting down"));
    }
    return Optional.of(new LeaveSignal(Cause.NODE_REMOVAL, drainTimeout, "the node is not ready"));
  }

  private void addOfPod(Pod pod, Instant now, List<LeaveSignal> signals) {
    String deleted = pod.getMetadata().getDeletionTimestamp();
    if (deleted != null) {
      // The API server writes when the pod is to be gone, not when that was asked for.
      Duration left = Duration.between(now, Instant.parse(deleted));
      signals.add(
          new LeaveSignal(
              Cause.POD_DISRUPTION,
              shortest(left.isNegative() ? Duration.ZERO : left),
              "the pod is being deleted"));
    }
    if (pod.getStatus() == null) {
      return;
    }
    for (PodCondition condition : pod.getStatus().getConditions()) {
      if ("DisruptionTarget".equals(condition.getType()) && "True".equals(condition.getStatus())) {
        String reason = Objects.requireNonNullElse(condition.getReason(), "no reason is given");
        signals.add(
            new LeaveSignal(
                Cause.POD_DISRUPTION, drainTimeout, "the pod is a DisruptionTarget: " + reason));
      }
    }
  }

  /** A notice gives an executor no more time than its pool does. */
  private Duration shortest(Duration notice) {
    return notice.compareTo(drainTimeout) < 0 ? notice : drainTimeout;
  }
}
