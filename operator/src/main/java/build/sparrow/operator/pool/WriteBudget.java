package build.sparrow.operator.pool;

import java.time.Duration;
import java.time.Instant;

/** How many writes of pods are allowed: a token bucket, so that a storm does not hurt the API. */
final class WriteBudget {
  private final int perSecond;
  private double tokens;
  private Instant filled;

  WriteBudget(int perSecond, Instant now) {
    this.perSecond = perSecond;
    this.tokens = perSecond;
    this.filled = now;
  }

  /** Takes one write, if there is one to take. */
  synchronized boolean take(Instant now) {
    double seconds = Math.max(0, Duration.between(filled, now).toMillis() / 1000.0);
    tokens = Math.min(perSecond, tokens + seconds * perSecond);
    filled = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
