package build.sparrow.cas.replica.member;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Bounds the bytes a second that repairs move, all of a shard's together. */
final class Pace {
  /** A tenth of a 5 Gbit/s network, and half of what a cheap network disk writes. */
  static final long REPAIR_BYTES_PER_SECOND = 64L << 20;

  private final long bytesPerSecond;
  private final LongSupplier nanoTime;
  private long freeAtNanos;

  Pace(long bytesPerSecond, LongSupplier nanoTime) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoTime = nanoTime;
    this.freeAtNanos = nanoTime.getAsLong();
  }

  /** Waits until so many bytes may be moved. */
  void take(long bytes) throws InterruptedException {
    long wait = reserve(bytes);
    if (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
  }

  /** Takes the bytes, and says how long to wait before moving them, in nanoseconds. */
  synchronized long reserve(long bytes) {
    long now = nanoTime.getAsLong();
    long start = Math.max(now, freeAtNanos);
    freeAtNanos = start + (long) (bytes * 1e9 / bytesPerSecond);
    return start - now;
  }
}
