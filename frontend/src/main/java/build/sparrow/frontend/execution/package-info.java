/**
 * The operations that clients start, follow and cancel.
 *
 * <p>{@link build.sparrow.frontend.execution.ExecutionService} and {@link
 * build.sparrow.frontend.execution.OperationsService} are the protocol's doors; both go through
 * {@link build.sparrow.frontend.execution.Operations}, which hands over to the scheduler's thread.
 * There {@link build.sparrow.frontend.execution.Watchers} counts who follows what and tells each of
 * them of stages, progress and end. {@link build.sparrow.frontend.execution.CachingRecorder} writes
 * the action cache before anyone hears of a result.
 */
@NullMarked
package build.sparrow.frontend.execution;

import org.jspecify.annotations.NullMarked;
