package build.sparrow.cas.disk;

import java.time.Instant;

/** The time as a store sees it: leases run on a clock that never jumps, files bear dates. */
public interface StoreClock {
  /** Nanoseconds from an arbitrary origin, never going back. */
  long nanoTime();

  /** The date that files bear. */
  Instant now();

  /** The clocks of this machine. */
  static StoreClock system() {
    return new StoreClock() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public Instant now() {
        return Instant.now();
      }
    };
  }
}
