package build.sparrow.operator.autoscale;

import java.util.Optional;

/**
 * How many executors a pool is to have.
 *
 * @param limitedBy what kept it from as many as the demand alone asks for
 * @param history to be given to the next decision for the same pool
 */
public record ScalingDecision(
    int replicas, Reason reason, Optional<Limit> limitedBy, ScalingHistory history) {}
