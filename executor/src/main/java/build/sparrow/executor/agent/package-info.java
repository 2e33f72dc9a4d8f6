/**
 * The executor's process: links to the frontends, the loop that decides, the slots that run.
 *
 * <p>One thread, the scheduler loop, feeds scheduler-core with what happens and does what it wants
 * done; it never blocks. Each slot is a platform thread that takes one attempt from its inputs to
 * its outputs. Envelopes and results of attempts are kept beside the loop until the owner
 * acknowledged the result.
 */
@NullMarked
package build.sparrow.executor.agent;

import org.jspecify.annotations.NullMarked;
