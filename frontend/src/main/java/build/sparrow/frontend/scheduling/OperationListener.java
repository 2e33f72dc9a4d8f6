package build.sparrow.frontend.scheduling;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LabelDifference;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears what becomes of operations, on the loop's thread; must not block. */
public interface OperationListener {
  /** There is a new operation: submitted, or announced by an executor that holds it already. */
  void opened(OperationId operation, OperationFacts facts);

  /**
   * The watcher follows the operation, which is at this stage; at COMPLETED it has ended before.
   */
  void following(
      WatcherId watcher, OperationId operation, Stage stage, @Nullable ExecutorId executor);

  /** The watcher asked for an operation that is not known (any more). */
  void unknown(WatcherId watcher);

  /**
   * No pool of the farm can ever run what the watcher submitted.
   *
   * @param nearestPool null if the farm has no pool at all
   */
  void unsatisfiable(
      WatcherId watcher,
      Platform wanted,
      @Nullable String nearestPool,
      List<LabelDifference> differences);

  /** The queue is full. */
  void shed(WatcherId watcher, int queuedActions, int maxQueuedActions);

  /** The operation went to another stage, but not to its end. */
  void stageChanged(OperationId operation, Stage stage, @Nullable ExecutorId executor);

  /** The operation has ended; no more is heard of it but {@link #forgotten}. */
  void ended(OperationId operation, ExecuteResponse response);

  /** Nobody may ask for the operation any more. */
  void forgotten(OperationId operation);
}
