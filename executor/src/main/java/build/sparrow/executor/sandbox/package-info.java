/**
 * Runs the command of an action where it can harm nothing.
 *
 * <p>An {@code ActionRunner} gets a directory with the inputs, starts the command in it, keeps what
 * it writes to its two streams within bounds, ends it when its time is up, and returns when none of
 * its processes lives. {@code BubblewrapRunner} is how actions run; {@code PlainRunner} isolates
 * nothing and is used only where a pool says so by name.
 */
@NullMarked
package build.sparrow.executor.sandbox;

import org.jspecify.annotations.NullMarked;
