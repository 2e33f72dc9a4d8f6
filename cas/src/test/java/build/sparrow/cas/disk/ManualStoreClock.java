package build.sparrow.cas.disk;

import java.time.Duration;
import java.time.Instant;

/** A clock that a test moves; it starts at the machine's date, as new files bear that. */
public final class ManualStoreClock implements StoreClock {
  private Instant now = Instant.now();
  private long nanos = 1_000;

  public synchronized void advance(Duration time) {
    nanos += time.toNanos();
    now = now.plus(time);
  }

  /** Moves the date only, as somebody who sets the machine's clock does. */
  public synchronized void setDateForward(Duration time) {
    now = now.plus(time);
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }
}
