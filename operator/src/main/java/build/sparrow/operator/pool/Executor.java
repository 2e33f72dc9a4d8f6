package build.sparrow.operator.pool;

import build.sparrow.operator.link.ExecutorView;
import build.sparrow.operator.preemption.LeaveSignal;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One executor: its pod, and what the frontends say of it.
 *
 * @param view null if no frontend that answers knows it
 * @param signal null if nothing says that it leaves
 * @param drain null if it was not told to finish
 * @param idleSince null if it runs something, or nobody knows whether it does
 */
record Executor(
    Pod pod,
    Stage stage,
    boolean outdated,
    boolean standIn,
    @Nullable ExecutorView view,
    @Nullable LeaveSignal signal,
    PoolMemory.@Nullable Drain drain,
    @Nullable Instant idleSince) {
  private static final int MAX_CRASHES = 5;

  /** How far it has come. */
  enum Stage {
    /** Its pod is being deleted. On a dead node that lasts; it is no replica any more. */
    LEAVING,
    /** Its pod has ended, or crashes again and again. */
    TERMINAL,
    /** Its node is gone. */
    LOST,
    /** It never took an action. */
    PENDING,
    /** A frontend has welcomed it. */
    WELCOMED,
    /** It once was ready, and no frontend that answers knows it. */
    UNKNOWN
  }

  String name() {
    return pod.getMetadata().getName();
  }

  String uid() {
    return pod.getMetadata().getUid();
  }

  /** Empty until a node is found. */
  String node() {
    return pod.getSpec() == null ? "" : Objects.requireNonNullElse(pod.getSpec().getNodeName(), "");
  }

  boolean isDraining() {
    return drain != null || isAcknowledged();
  }

  /** A frontend gives it nothing new. */
  boolean isAcknowledged() {
    return view != null && view.state() == ExecutorView.State.DRAINING;
  }

  boolean isBusy() {
    return view != null && view.running() > 0;
  }

  int running() {
    return view == null ? 0 : view.running();
  }

  /** Takes actions, and is to stay. */
  boolean isReady() {
    return stage == Stage.WELCOMED
        && !isDraining()
        && signal == null
        && view != null
        && view.state() == ExecutorView.State.READY;
  }

  /** It is to be there from now on. */
  boolean isStaying() {
    return signal == null
        && !isDraining()
        && (stage == Stage.PENDING || stage == Stage.WELCOMED || stage == Stage.UNKNOWN);
  }

  /** It counts among the replicas: it is, or will be, an executor that may run something. */
  boolean isReplica() {
    return stage == Stage.PENDING || stage == Stage.WELCOMED || stage == Stage.UNKNOWN;
  }

  static boolean hasEnded(Pod pod) {
    String phase = phase(pod);
    return phase.equals("Failed")
        || phase.equals("Succeeded")
        || containers(pod).stream()
            .anyMatch(
                container ->
                    Objects.requireNonNullElse(container.getRestartCount(), 0) > MAX_CRASHES
                        && waitingReason(container).equals("CrashLoopBackOff"));
  }

  /** The pod's container has not been ready since the pod was made. */
  static boolean wasNeverReady(Pod pod) {
    if (phase(pod).equals("Pending")) {
      return true;
    }
    Optional<PodCondition> ready = condition(pod, "Ready");
    if (ready.isEmpty() || "True".equals(ready.get().getStatus())) {
      return ready.isEmpty();
    }
    String changed = ready.get().getLastTransitionTime();
    return changed != null
        && containers(pod).stream()
            .allMatch(
                container ->
                    Objects.requireNonNullElse(container.getRestartCount(), 0) == 0
                        && !Instant.parse(changed).isAfter(startedAt(container)));
  }

  private static Instant startedAt(ContainerStatus container) {
    ContainerStateRunning running =
        container.getState() == null ? null : container.getState().getRunning();
    return running == null || running.getStartedAt() == null
        ? Instant.MAX
        : Instant.parse(running.getStartedAt());
  }

  static String phase(Pod pod) {
    return pod.getStatus() == null
        ? "Pending"
        : Objects.requireNonNullElse(pod.getStatus().getPhase(), "Pending");
  }

  static List<ContainerStatus> containers(Pod pod) {
    return pod.getStatus() == null ? List.of() : pod.getStatus().getContainerStatuses();
  }

  static Optional<PodCondition> condition(Pod pod, String type) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getConditions().stream()
            .filter(condition -> type.equals(condition.getType()))
            .findFirst();
  }

  /** Why a container does not run; empty if it does. */
  static String waitingReason(ContainerStatus container) {
    return container.getState() == null || container.getState().getWaiting() == null
        ? ""
        : Objects.requireNonNullElse(container.getState().getWaiting().getReason(), "");
  }

  /** Since when the scheduler finds no node for the pod. */
  static Optional<Instant> unschedulableSince(Pod pod) {
    return condition(pod, "PodScheduled")
        .filter(scheduled -> "False".equals(scheduled.getStatus()))
        .filter(scheduled -> "Unschedulable".equals(scheduled.getReason()))
        .map(PodCondition::getLastTransitionTime)
        .map(Instant::parse);
  }

  static @Nullable String annotation(Pod pod, String key) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(key);
  }
}
