/**
 * The frontend's half of the scheduler: it owns operations, queues them by platform, offers them to
 * executors, and decides what a loss costs.
 *
 * <p>{@link build.sparrow.scheduling.owner.OwnerScheduler} is the door: an {@link
 * build.sparrow.scheduling.owner.OwnerEvent} goes in, a list of {@link
 * build.sparrow.scheduling.owner.OwnerEffect} comes out. The shell around it keeps what the
 * scheduler never sees: envelopes, results, streams.
 */
@NullMarked
package build.sparrow.scheduling.owner;

import org.jspecify.annotations.NullMarked;
