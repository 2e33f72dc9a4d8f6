package build.sparrow.operator.autoscale;

import build.sparrow.operator.link.PoolDemand;
import java.time.Instant;

/**
 * What is known of a pool when its size is decided.
 *
 * @param current how many executors it shall have until now, those being made included
 * @param slotsPerExecutor how many actions one runs at once, at least 1
 * @param readyExecutors that a frontend has welcomed and that take actions
 * @param busyExecutors that run at least one action
 * @param idleLongEnough that have run none for the idle timeout, or have found no node for it, so
 *     that they may go
 */
public record ScalingInput(
    int current,
    PoolDemand demand,
    int slotsPerExecutor,
    int readyExecutors,
    int busyExecutors,
    int idleLongEnough,
    Instant now) {}
