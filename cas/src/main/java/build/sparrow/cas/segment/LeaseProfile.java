package build.sparrow.cas.segment;

/**
 * How many bytes are leased for how much longer, in a few steps: tells when, at the earliest, so
 * little will be leased that it is worth to look again. Uses after that only make it later.
 */
final class LeaseProfile {
  private static final int STEPS = 64;

  private final int now;
  private final int leaseSeconds;
  private final long[] bytes = new long[STEPS];
  private int lastEnd;
  private long sum;

  LeaseProfile(int now, int leaseSeconds) {
    this.now = now;
    this.leaseSeconds = leaseSeconds;
  }

  /** Counts a record whose lease has not ended. */
  void add(int lastUse, long recordBytes) {
    int left = Math.clamp(lastUse + (long) leaseSeconds + 1 - now, 0, leaseSeconds);
    bytes[(int) Math.min(STEPS - 1L, (long) left * STEPS / Math.max(1, leaseSeconds))] +=
        recordBytes;
    lastEnd = Math.max(lastEnd, now + left);
    sum += recordBytes;
  }

  /** The first time, roughly, at which at most so many bytes are leased still. */
  int whenAtMost(long mostBytes) {
    long left = sum;
    for (int step = 0; left > mostBytes; step++) {
      left -= bytes[step];
      if (left <= mostBytes) {
        long end = now + (step + 1L) * leaseSeconds / STEPS + 1;
        return (int) Math.min(end, lastEnd);
      }
    }
    return 0;
  }
}
