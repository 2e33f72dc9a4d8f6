package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Platform;

/**
 * An attempt that an executor announces when it joins, with all that an owner needs to take it
 * over.
 *
 * @param platform what the action asks for, not what the executor has
 * @param mergeable false for do_not_cache
 */
public record HeldAttempt(
    AttemptId attempt,
    OperationId operation,
    ActionId action,
    Platform platform,
    int priority,
    boolean mergeable,
    Phase phase) {}
