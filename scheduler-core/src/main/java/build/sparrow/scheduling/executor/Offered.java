package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Resources;

/**
 * An attempt as a frontend offers it.
 *
 * @param size what it takes of the executor
 * @param alone it starts once nothing else runs here, and nothing new is taken meanwhile
 */
public record Offered(AttemptId attempt, ActionId action, Resources size, boolean alone) {}
