/**
 * The shell around the owner's half of the scheduler.
 *
 * <p>{@link build.sparrow.frontend.scheduling.SchedulerLoop} is one thread and a bounded queue; all
 * that is decided is decided there, by {@link build.sparrow.frontend.scheduling.Dispatcher}, which
 * turns what clients and executors say into events of the {@link
 * build.sparrow.scheduling.owner.OwnerScheduler} and its effects into messages. {@link
 * build.sparrow.frontend.scheduling.ExecutorStreams} is the service that executors call. What
 * becomes of operations is told to an {@link build.sparrow.frontend.scheduling.OperationListener}.
 */
@NullMarked
package build.sparrow.frontend.scheduling;

import org.jspecify.annotations.NullMarked;
