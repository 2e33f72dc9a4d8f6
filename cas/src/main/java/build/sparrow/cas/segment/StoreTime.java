package build.sparrow.cas.segment;

import build.sparrow.cas.disk.StoreClock;
import java.time.Duration;
import java.time.Instant;

/**
 * The time of a store in whole seconds, from the day it was made. It goes on from the machine's
 * date when the store is opened, and from then on by a clock that never jumps.
 */
final class StoreTime {
  private final StoreClock clock;
  private final long originNanos;
  private volatile int originSeconds;

  /**
   * @param madeAt the day the store was made
   */
  StoreTime(StoreClock clock, Instant madeAt) {
    this.clock = clock;
    this.originNanos = clock.nanoTime();
    long seconds = Duration.between(madeAt, clock.now()).toSeconds();
    // Never 0, so that what was never used is told apart.
    this.originSeconds = Math.clamp(seconds, 1, Integer.MAX_VALUE / 2);
  }

  /** Sees to it that the time is past one that the store has seen before. */
  synchronized void atLeast(int seconds) {
    originSeconds = Math.max(originSeconds, seconds);
  }

  int now() {
    return originSeconds + (int) ((clock.nanoTime() - originNanos) / 1_000_000_000L);
  }

  /** For what is shorter than a second. */
  long nanoTime() {
    return clock.nanoTime();
  }
}
