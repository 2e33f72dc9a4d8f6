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

  /** The states by name. */
  enum Name {
    QUEUED,
    OFFERED,
    RUNNING,
    CONCLUDING,
    FINISHED
  }

  default Name name() {
    return switch (this) {
      case Queued _ -> Name.QUEUED;
      case Offered _ -> Name.OFFERED;
      case Running _ -> Name.RUNNING;
      case Concluding _ -> Name.CONCLUDING;
      case Finished _ -> Name.FINISHED;
    };
  }

  /** Whether there is a way to that state, as docs/design/scheduling.md draws them. */
  default boolean mayBecome(Name next) {
    return switch (this) {
      case Queued _ -> true;
      case Offered _ -> next != Name.OFFERED;
      case Running _ -> next != Name.OFFERED;
      case Concluding _ -> next == Name.FINISHED;
      case Finished _ -> false;
    };
  }

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
