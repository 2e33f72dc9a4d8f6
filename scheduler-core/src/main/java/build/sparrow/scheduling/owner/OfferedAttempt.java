package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.OperationId;

/**
 * One action bound to one executor.
 *
 * @param alone the executor starts it once nothing else runs there and takes nothing new meanwhile
 */
public record OfferedAttempt(AttemptId attempt, OperationId operation, boolean alone) {}
