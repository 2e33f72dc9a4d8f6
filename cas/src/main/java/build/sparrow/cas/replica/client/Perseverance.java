package build.sparrow.cas.replica.client;

import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.StoreUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries again what no shard could do, with growing pauses, for as long as a shard may take to come
 * back.
 */
final class Perseverance {
  /** As with a single shard: clients give up their own calls after 60 s. */
  static final Duration BUDGET = Duration.ofSeconds(20);

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final String what;
  private final LongSupplier nanoTime;
  private final long deadlineNanos;
  private long pauseMillis = FIRST_PAUSE_MILLIS;

  /**
   * Starts to try.
   *
   * @param what for the message: "FindMissingBlobs"
   */
  Perseverance(String what, LongSupplier nanoTime) {
    this.what = what;
    this.nanoTime = nanoTime;
    this.deadlineNanos = nanoTime.getAsLong() + BUDGET.toNanos();
  }

  /**
   * Waits before another attempt.
   *
   * @throws StoreUnavailableException instead, if there was time enough
   * @throws StoreFullException instead, if that is why it failed: waiting would not make room
   */
  void pauseOrThrow(@Nullable IOException failure) throws IOException {
    if (failure instanceof StoreFullException full) {
      throw full;
    }
    if (nanoTime.getAsLong() - deadlineNanos >= 0) {
      StoreUnavailableException late =
          new StoreUnavailableException("Too few shards of the store answer (%s)".formatted(what));
      if (failure != null) {
        late.initCause(failure);
      }
      throw late;
    }
    try {
      Thread.sleep(pauseMillis / 2 + ThreadLocalRandom.current().nextLong(pauseMillis / 2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted in " + what);
    }
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
  }
}
