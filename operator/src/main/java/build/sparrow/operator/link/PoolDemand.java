package build.sparrow.operator.link;

import java.time.Duration;

/**
 * What waits for executors of a pool.
 *
 * @param queuedActions that the pool is meant to run
 * @param oldestWait of the one that has waited longest; zero if none waits
 */
public record PoolDemand(int queuedActions, Duration oldestWait) {
  /** Nothing waits. */
  public static final PoolDemand NONE = new PoolDemand(0, Duration.ZERO);

  /** What waits at two frontends together. */
  PoolDemand plus(PoolDemand other) {
    return new PoolDemand(
        queuedActions + other.queuedActions,
        oldestWait.compareTo(other.oldestWait) >= 0 ? oldestWait : other.oldestWait);
  }
}
