package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Resources;

/**
 * One action bound to one executor.
 *
 * @param size what it takes of the executor
 * @param alone the executor starts it once nothing else runs there and takes nothing new meanwhile
 */
public record OfferedAttempt(
    AttemptId attempt, OperationId operation, Resources size, boolean alone) {}
