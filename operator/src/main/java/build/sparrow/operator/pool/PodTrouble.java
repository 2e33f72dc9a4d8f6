package build.sparrow.operator.pool;

import build.sparrow.operator.status.Reason;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What keeps pods from becoming executors, and what a person can do about it. */
record PodTrouble(String reason, String message) {
  private static final Set<String> PULL_FAILURES =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");

  /** A node may take a while to come; until then it is no trouble. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The trouble that is to be solved first; empty if there is none. */
  static Optional<PodTrouble> of(List<Pod> pods, Instant now) {
    return first(pods, PodTrouble::imagePull)
        .or(() -> first(pods, PodTrouble::crash))
        .or(() -> first(pods, pod -> unschedulable(pod, now)));
  }

  private interface Finder {
    Optional<PodTrouble> find(Pod pod);
  }

  private static Optional<PodTrouble> first(List<Pod> pods, Finder finder) {
    return pods.stream().map(finder::find).flatMap(Optional::stream).findFirst();
  }

  private static Optional<PodTrouble> imagePull(Pod pod) {
    return Executor.containers(pod).stream()
        .filter(container -> PULL_FAILURES.contains(Executor.waitingReason(container)))
        .map(
            container ->
                new PodTrouble(
                    Reason.IMAGE_PULL_FAILED.word(),
                    // The message names the image; it may be the toolchain and not the container's.
                    "An image cannot be pulled: %s. Correct the image of the farm or of the pool, or give image.pullSecrets."
                        .formatted(waitingMessage(container))))
        .findFirst();
  }

  private static Optional<PodTrouble> crash(Pod pod) {
    return Executor.containers(pod).stream()
        .filter(container -> Executor.waitingReason(container).equals("CrashLoopBackOff"))
        .map(
            container ->
                new PodTrouble(
                    Reason.CRASH_LOOPING.word(),
                    "An executor ends as soon as it starts. Read why: kubectl --namespace %s logs --previous %s"
                        .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName())))
        .findFirst();
  }

  private static Optional<PodTrouble> unschedulable(Pod pod, Instant now) {
    return Executor.unschedulableSince(pod)
        .filter(since -> !now.isBefore(since.plus(PATIENCE)))
        .map(
            since ->
                new PodTrouble(
                    Reason.UNSCHEDULABLE.word(),
                    "No node takes an executor: %s. Add nodes, or change resources or scheduling of the pool."
                        .formatted(
                            Executor.condition(pod, "PodScheduled")
                                .map(condition -> text(condition.getMessage()))
                                .orElse(""))));
  }

  private static String waitingMessage(ContainerStatus container) {
    return text(container.getState().getWaiting().getMessage());
  }

  /** Without a full stop, which the sentence has of its own. */
  private static String text(String message) {
    String shown = Objects.requireNonNullElse(message, "no reason is given").strip();
    return shown.endsWith(".") ? shown.substring(0, shown.length() - 1) : shown;
  }
}
