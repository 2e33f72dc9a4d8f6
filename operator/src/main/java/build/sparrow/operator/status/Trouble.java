package build.sparrow.operator.status;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What keeps pods from running, as Kubernetes shows it.
 *
 * @param message what was seen, and what to do
 */
public record Trouble(Reason reason, String message) {
  /** The first trouble of the pods, in the order of their names. */
  public static Optional<Trouble> of(Collection<Pod> pods) {
    return of(pods, Instant.MAX);
  }

  /**
   * The first trouble of the pods, in the order of their names; those of a container come first.
   *
   * @param waitingSince a pod that finds no node since a later moment has no trouble yet
   */
  public static Optional<Trouble> of(Collection<Pod> pods, Instant waitingSince) {
    List<Pod> staying =
        pods.stream()
            .filter(pod -> !pod.isMarkedForDeletion() && pod.getStatus() != null)
            .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
            .toList();
    return staying.stream()
        .flatMap(pod -> ofContainers(pod).stream())
        .findFirst()
        .or(
            () ->
                staying.stream()
                    .flatMap(pod -> unschedulable(pod, waitingSince).stream())
                    .findFirst());
  }

  /** What the refusal of a pod means, by the message of whoever wanted to make it. */
  public static Trouble ofRefusal(String message) {
    if (message.contains("exceeded quota")) {
      return new Trouble(
          Reason.QUOTA_EXCEEDED,
          "The namespace's ResourceQuota refuses a pod: %s. Raise the quota, or lower resources or replicas in the spec."
              .formatted(message));
    }
    if (message.contains("violates PodSecurity")) {
      return new Trouble(
          Reason.POD_SECURITY_REFUSED,
          "The namespace's Pod Security level refuses a pod: %s. Label the namespace pod-security.kubernetes.io/enforce=baseline, which farms with a sandbox need."
              .formatted(message));
    }
    return new Trouble(
        Reason.PODS_REFUSED,
        "A pod is refused: %s. Let the namespace admit it, or change the spec.".formatted(message));
  }

  private static Optional<Trouble> ofContainers(Pod pod) {
    return Stream.of(
            pod.getStatus().getInitContainerStatuses(), pod.getStatus().getContainerStatuses())
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .flatMap(container -> waiting(pod.getMetadata().getName(), container).stream())
        .findFirst();
  }

  private static Optional<Trouble> unschedulable(Pod pod, Instant waitingSince) {
    return Stream.ofNullable(pod.getStatus().getConditions())
        .flatMap(List::stream)
        .filter(condition -> "PodScheduled".equals(condition.getType()))
        .filter(condition -> "Unschedulable".equals(condition.getReason()))
        .filter(condition -> !since(condition).isAfter(waitingSince))
        .map(
            condition ->
                new Trouble(
                    Reason.UNSCHEDULABLE,
                    "No node takes pod %s: %s. Add such a node, or change the resources, nodeSelector or tolerations of the spec."
                        .formatted(
                            pod.getMetadata().getName(), withoutStop(condition.getMessage()))))
        .findFirst();
  }

  private static Instant since(PodCondition condition) {
    String since = condition.getLastTransitionTime();
    return since == null ? Instant.MIN : Instant.parse(since);
  }

  /** The sentence has a full stop of its own. */
  private static String withoutStop(@Nullable String message) {
    String shown = Objects.requireNonNullElse(message, "no reason is given").strip();
    return shown.endsWith(".") ? shown.substring(0, shown.length() - 1) : shown;
  }

  private static Optional<Trouble> waiting(String pod, ContainerStatus container) {
    ContainerState state = container.getState();
    ContainerStateWaiting waiting = state == null ? null : state.getWaiting();
    if (waiting == null || waiting.getReason() == null) {
      return Optional.empty();
    }
    String seen =
        withoutStop(waiting.getMessage() == null ? waiting.getReason() : waiting.getMessage());
    return switch (waiting.getReason()) {
      case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull" ->
          Optional.of(
              new Trouble(
                  Reason.IMAGE_PULL_FAILED,
                  "Pod %s cannot pull an image: %s. Correct the image in the spec, or give spec.image.pullSecrets a secret that may pull it."
                      .formatted(pod, seen)));
      case "CrashLoopBackOff" ->
          Optional.of(
              new Trouble(
                  Reason.CRASH_LOOPING,
                  "Container %s of pod %s ends again and again%s. See kubectl logs --previous %s."
                      .formatted(container.getName(), pod, lastEnd(container), pod)));
      case "CreateContainerConfigError", "CreateContainerError", "RunContainerError" ->
          Optional.of(
              new Trouble(
                  Reason.CONTAINER_NOT_CREATED,
                  "The node cannot create container %s of pod %s: %s. See what nodes must be able to do in docs/operate/install.md."
                      .formatted(container.getName(), pod, seen)));
      default -> Optional.empty();
    };
  }

  private static String lastEnd(ContainerStatus container) {
    ContainerState last = container.getLastState();
    ContainerStateTerminated end = last == null ? null : last.getTerminated();
    if (end == null) {
      return "";
    }
    return ", last with exit code %d%s"
        .formatted(end.getExitCode(), "OOMKilled".equals(end.getReason()) ? " out of memory" : "");
  }
}
