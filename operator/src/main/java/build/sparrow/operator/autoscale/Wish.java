package build.sparrow.operator.autoscale;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.operator.link.PoolDemand;
import java.time.Duration;
import java.util.Objects;

/**
 * How many executors the demand alone asks for.
 *
 * @param grows why there are more than now, if there are
 */
record Wish(int replicas, Reason grows) {

  static Wish of(AutoscalingSpec spec, ScalingInput input) {
    PoolDemand demand = input.demand();
    int current = input.current();
    // More are busy than there are to be while a pod is replaced; those go when they have finished.
    int busy = Math.min(input.busyExecutors(), current);
    int idle = Objects.requireNonNullElse(spec.idleReplicas(), 0);
    int waiting = Math.ceilDiv(demand.queuedActions(), Math.max(1, input.slotsPerExecutor()));
    // Those that are idle or being made take what waits before others are made for it.
    long loaded = (long) busy + waiting;
    if (loaded + idle <= current) {
      int kept = current - Math.clamp(input.idleLongEnough(), 0, current);
      return new Wish(Math.max(number(loaded + idle), kept), Reason.STEADY);
    }
    if (isFromZero(input)) {
      return new Wish(number(loaded + idle), Reason.FROM_ZERO);
    }
    Duration target = Duration.ofSeconds(spec.targetQueueWaitSeconds());
    boolean late = waiting > 0 && demand.oldestWait().compareTo(target) >= 0;
    return late
        ? new Wish(
            number(loaded + idle), loaded > current ? Reason.QUEUE_WAIT : Reason.IDLE_REPLICAS)
        : new Wish(Math.max(busy + idle, current), Reason.IDLE_REPLICAS);
  }

  /** Something waits, and nothing is there or being made that could take it. */
  static boolean isFromZero(ScalingInput input) {
    return input.current() == 0 && input.demand().queuedActions() > 0;
  }

  private static int number(long many) {
    return Math.clamp(many, 0, Integer.MAX_VALUE);
  }
}
