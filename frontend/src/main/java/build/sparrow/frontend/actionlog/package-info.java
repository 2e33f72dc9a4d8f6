/**
 * The action log: a line of JSON for each action that ran, with which earlier actions made its
 * inputs, so that a build can be looked at, or run again in the simulator.
 *
 * <p>{@link build.sparrow.frontend.actionlog.ActionLog} is the door. It works behind the results of
 * actions, never before them: what it cannot write is lost, and nobody waits for it.
 */
@NullMarked
package build.sparrow.frontend.actionlog;

import org.jspecify.annotations.NullMarked;
