package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ExecutorId;
import java.util.List;

/** Why an operation ended without a result. */
public sealed interface OperationFailure {
  /** Somebody cancelled the operation by its name. */
  record Cancelled() implements OperationFailure {}

  /**
   * Executors failed or vanished under the action {@code losses} times, {@code allowed} are
   * forgiven.
   */
  record InfrastructureSpent(int losses, int allowed) implements OperationFailure {}

  /** The action ran out of memory {@code losses} times, {@code allowed} are forgiven. */
  record OutOfMemorySpent(int losses, int allowed) implements OperationFailure {}

  /**
   * Every one of these executors died while it ran the action, the last one with nothing else
   * beside it.
   */
  record Poisonous(List<ExecutorId> executors) implements OperationFailure {
    public Poisonous {
      executors = List.copyOf(executors);
    }
  }
}
