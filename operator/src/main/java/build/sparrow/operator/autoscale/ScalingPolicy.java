package build.sparrow.operator.autoscale;

import build.sparrow.crds.AutoscalingSpec;
import java.util.Optional;

/** Decides how many executors a pool has in mode Internal. Pure. */
public final class ScalingPolicy {
  private ScalingPolicy() {}

  /** Decides once; to be asked whenever the demand changes, and every second while actions wait. */
  public static ScalingDecision decide(
      AutoscalingSpec spec, ScalingInput input, ScalingHistory history) {
    int waiting = Math.ceilDiv(input.demand().queuedActions(), input.slotsPerExecutor());
    int wanted =
        Math.max(input.busyExecutors() + waiting, input.current() - input.idleLongEnough());
    int replicas = Math.clamp(wanted, spec.minReplicas(), spec.maxReplicas());
    return new ScalingDecision(replicas, Reason.QUEUE_WAIT, Optional.empty(), history);
  }
}
