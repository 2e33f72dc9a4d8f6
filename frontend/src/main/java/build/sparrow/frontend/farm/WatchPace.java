package build.sparrow.frontend.farm;

import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.PoolStatus;
import build.sparrow.farm.v1.QueueStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When somebody who watches is to be told again: at once, after a change, and when he has heard
 * nothing for 5 s. That what waits has waited longer is no change.
 */
final class WatchPace {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

  private @Nullable InspectResponse told;
  private long toldNanos;

  /** Whether this is to be told; if so, it counts as told. */
  boolean isDue(InspectResponse now, long nowNanos) {
    InspectResponse ageless = withoutAges(now);
    boolean due = !ageless.equals(told) || nowNanos - toldNanos >= LONGEST_SILENCE.toNanos();
    if (due) {
      told = ageless;
      toldNanos = nowNanos;
    }
    return due;
  }

  private static InspectResponse withoutAges(InspectResponse response) {
    InspectResponse.Builder ageless = response.toBuilder();
    ageless.getPoolsBuilderList().forEach(PoolStatus.Builder::clearOldestWait);
    ageless.getQueuesBuilderList().forEach(QueueStatus.Builder::clearOldestWait);
    return ageless.build();
  }
}
