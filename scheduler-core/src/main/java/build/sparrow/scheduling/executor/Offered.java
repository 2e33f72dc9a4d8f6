package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;

/**
 * An attempt as a frontend offers it.
 *
 * @param alone it starts once nothing else runs here, and nothing new is taken meanwhile
 */
public record Offered(AttemptId attempt, ActionId action, boolean alone) {}
