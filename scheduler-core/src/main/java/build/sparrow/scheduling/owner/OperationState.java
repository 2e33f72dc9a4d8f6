package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Stage;
import org.jspecify.annotations.Nullable;

/** Where an operation is, with the data that exists there. */
sealed interface OperationState {
  /** In the queue of its platform. */
  record Queued() implements OperationState {}

  /** An executor was asked and has not answered yet; for clients it is still queued. */
  record Offered(AttemptId attempt, KnownExecutor executor, boolean alone)
      implements OperationState {}

  record Running(AttemptId attempt, KnownExecutor executor, boolean alone, Phase phase)
      implements OperationState {}

  /** A valid result is here; the shell writes the action cache. */
  record Concluding(AttemptId attempt, KnownExecutor executor) implements OperationState {}

  record Finished() implements OperationState {}

  default Stage stage() {
    return switch (this) {
      case Queued _, Offered _ -> Stage.QUEUED;
      case Running _, Concluding _ -> Stage.EXECUTING;
      case Finished _ -> Stage.COMPLETED;
    };
  }

  /** The attempt that it is about, if there is one. */
  default @Nullable AttemptId attempt() {
    return switch (this) {
      case Queued _, Finished _ -> null;
      case Offered offered -> offered.attempt;
      case Running running -> running.attempt;
      case Concluding concluding -> concluding.attempt;
    };
  }
}
