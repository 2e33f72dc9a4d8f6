package build.sparrow.cas.tier;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps from asking a tier that fails: after some failures in a row nobody asks for a while, then
 * one does; if that fails, too, the while is twice as long.
 */
final class Breaker {
  static final int FAILURES = 5;
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  private final LongSupplier nanoTime;
  private int failures;
  private Duration pause = FIRST_PAUSE;
  private long refusesUntilNanos;
  private boolean isAvailable = true;
  private boolean isTrying;

  Breaker(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether the tier may be asked now; who may then says how it went. */
  synchronized boolean allows() {
    if (isAvailable) {
      return true;
    }
    long now = nanoTime.getAsLong();
    if (now - refusesUntilNanos < 0) {
      return false;
    }
    // One goes ahead; should nothing be heard of it, another one follows after as long again.
    refusesUntilNanos = now + pause.toNanos();
    isTrying = true;
    return true;
  }

  /** The tier did what it was asked for. */
  synchronized void succeeded() {
    failures = 0;
    pause = FIRST_PAUSE;
    isAvailable = true;
    isTrying = false;
  }

  /**
   * It did not.
   *
   * @return whether it is that failure from which on nobody asks
   */
  synchronized boolean failed() {
    failures++;
    boolean first = isAvailable && failures >= FAILURES;
    if (isTrying) {
      Duration twice = pause.multipliedBy(2);
      pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }
    // Calls that were under way when it began to fail say nothing new.
    if (first || isTrying) {
      isAvailable = false;
      isTrying = false;
      refusesUntilNanos = nanoTime.getAsLong() + pause.toNanos();
    }
    return first;
  }

  /** Whether the tier did what it was last asked for, as far as is known. */
  synchronized boolean isAvailable() {
    return isAvailable;
  }
}
