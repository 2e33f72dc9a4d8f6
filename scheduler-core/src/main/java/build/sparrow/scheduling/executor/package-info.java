/**
 * The executor's half of the scheduler: it alone decides what its slots admit, asks frontends for
 * work when a slot frees, and keeps each result until it is acknowledged.
 *
 * <p>{@link build.sparrow.scheduling.executor.ExecutorScheduler} is the door: an {@link
 * build.sparrow.scheduling.executor.ExecutorEvent} goes in, a list of {@link
 * build.sparrow.scheduling.executor.ExecutorEffect} comes out. The shell around it keeps envelopes,
 * results, streams and processes.
 */
@NullMarked
package build.sparrow.scheduling.executor;

import org.jspecify.annotations.NullMarked;
