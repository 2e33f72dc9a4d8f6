package build.sparrow.operator.pool;

import build.sparrow.operator.autoscale.ScalingHistory;
import build.sparrow.operator.status.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one plan for a pool leaves to the next. It is lost with the process: all that must outlive
 * it is in the pool's status and on the pods.
 *
 * @param sequence the pool's podSequence, as we wrote it last
 * @param made pods that a cache may not show yet, by name
 * @param deleted pods that a cache may still show, by UID: since when
 * @param drains who is to finish, by UID
 * @param idleSince who runs nothing, by UID
 * @param reported whose loss the frontends were told of, by UID
 * @param rollout how far the last change of the pods has come
 * @param refusal why the API server took no more pods
 * @param statusWritten when the status was written last
 */
record PoolMemory(
    long sequence,
    Map<String, Made> made,
    Map<String, Instant> deleted,
    Map<String, Drain> drains,
    Map<String, Instant> idleSince,
    Map<String, Instant> reported,
    ScalingHistory scaling,
    Optional<Rollout> rollout,
    Optional<Refusal> refusal,
    Instant statusWritten) {
  /** So long a cache may lag behind what we wrote. */
  static final Duration CACHE_LAG = Duration.ofSeconds(30);

  static final PoolMemory NONE =
      new PoolMemory(
          0,
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          ScalingHistory.NONE,
          Optional.empty(),
          Optional.empty(),
          Instant.EPOCH);

  PoolMemory {
    made = Map.copyOf(made);
    deleted = Map.copyOf(deleted);
    drains = Map.copyOf(drains);
    idleSince = Map.copyOf(idleSince);
    reported = Map.copyOf(reported);
  }

  /** A pod that was asked for. */
  record Made(Instant at, String revision, boolean standIn) {}

  /**
   * An executor that is to finish.
   *
   * @param since it was told so first
   * @param deadline after which it goes even if it is busy
   * @param sent when the frontends were told last
   */
  record Drain(Instant since, Instant deadline, Instant sent) {}

  /** Since when so many pods of a revision, and no more, were welcomed. */
  record Rollout(String revision, int welcomed, Instant since) {}

  /** Why no pod could be made, and when to try again. */
  record Refusal(Trouble trouble, Instant retryAt) {}

  /** That the pod was not made after all. */
  PoolMemory without(String pod) {
    Map<String, Made> others = new HashMap<>(made);
    others.remove(pod);
    return with(others, refusal, statusWritten);
  }

  /** That the API server took no more pods; null if it did. */
  PoolMemory refused(@Nullable Refusal news) {
    return with(made, Optional.ofNullable(news), statusWritten);
  }

  PoolMemory statusWritten(Instant at) {
    return with(made, refusal, at);
  }

  /** That only these pods were deleted. */
  PoolMemory withDeleted(Map<String, Instant> pods) {
    return new PoolMemory(
        sequence,
        made,
        pods,
        drains,
        idleSince,
        reported,
        scaling,
        rollout,
        refusal,
        statusWritten);
  }

  private PoolMemory with(Map<String, Made> pods, Optional<Refusal> refused, Instant written) {
    return new PoolMemory(
        sequence, pods, deleted, drains, idleSince, reported, scaling, rollout, refused, written);
  }
}
