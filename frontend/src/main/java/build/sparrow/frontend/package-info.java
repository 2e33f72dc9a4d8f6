/**
 * The Remote Execution endpoint that clients talk to.
 *
 * <p>Validates every request before anything is scheduled, forwards an action to the frontend that
 * owns its digest, and drives the state machines of scheduler-core with real time and real
 * connections. A frontend keeps no state that outlives it: running work is known by the executors,
 * finished work by the action cache.
 */
@NullMarked
package build.sparrow.frontend;

import org.jspecify.annotations.NullMarked;
