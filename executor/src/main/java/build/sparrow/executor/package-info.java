/**
 * The agent that runs actions.
 *
 * <p>Connects to every frontend, fetches an action's inputs, runs its command in a sandbox,
 * collects the outputs and reports the result. The executor is the authority on its own capacity,
 * and keeps a result until the owner of the action has acknowledged it.
 */
@NullMarked
package build.sparrow.executor;

import org.jspecify.annotations.NullMarked;
