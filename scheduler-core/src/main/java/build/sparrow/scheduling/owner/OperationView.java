package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Stage;
import org.jspecify.annotations.Nullable;

/**
 * One operation at one moment, to explain to people why it is where it is.
 *
 * @param onDemandOnly it was preempted too often to run where that can happen
 * @param queuePosition from 1 while it is queued, else 0
 * @param queuedNanos when it first entered the queue
 * @param attempts how many attempts were begun
 * @param losses how many were lost and charged
 * @param preemptions how many were preempted, which is not charged
 * @param fittingExecutors connected executors that could run it
 */
public record OperationView(
    OperationId operation,
    Stage stage,
    Platform platform,
    boolean onDemandOnly,
    int queuePosition,
    long queuedNanos,
    int watchers,
    int attempts,
    int losses,
    int preemptions,
    int fittingExecutors,
    @Nullable ExecutorId executor,
    @Nullable AttemptId attempt,
    @Nullable Phase phase) {}
