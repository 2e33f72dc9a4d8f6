package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LabelDifference;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an owner wants done, in this order. */
public sealed interface OwnerEffect {
  // To clients.

  /**
   * The watcher follows this operation from now on; tell it the stage. At COMPLETED it gets the
   * stored ending at once and is no longer counted.
   *
   * @param operation not the proposed one if the action was merged: then the proposed one's
   *     envelope is of no use
   * @param executor who runs it, at EXECUTING
   */
  record Follow(
      WatcherId watcher, OperationId operation, Stage stage, @Nullable ExecutorId executor)
      implements OwnerEffect {}

  /** The watcher asked for an operation that is not known here (any more). */
  record UnknownOperation(WatcherId watcher, OperationId operation) implements OwnerEffect {}

  /**
   * No pool of this farm can ever run the action.
   *
   * @param nearestPool the pool with the fewest differences; null if the farm has no pool at all
   */
  record Unsatisfiable(
      WatcherId watcher, @Nullable String nearestPool, List<LabelDifference> differences)
      implements OwnerEffect {
    public Unsatisfiable {
      differences = List.copyOf(differences);
    }
  }

  /** The queue is full; the client may come again later. */
  record Shed(WatcherId watcher, int queuedActions, int maxQueuedActions) implements OwnerEffect {}

  /**
   * The operation went to another stage, also back to QUEUED; never COMPLETED, which {@link
   * Completed}, {@link CompletedFromCache} and {@link Fail} say.
   *
   * @param executor who runs it, at EXECUTING
   */
  record StageChanged(OperationId operation, Stage stage, @Nullable ExecutorId executor)
      implements OwnerEffect {}

  /**
   * The attempt decides the operation. Write the action cache if its result may be cached, then
   * feed {@link OwnerEvent.Concluded}; if the cache cannot be written, log it and feed it all the
   * same.
   */
  record Conclude(OperationId operation, ExecutorId executor, AttemptId attempt)
      implements OwnerEffect {}

  /**
   * Publish the attempt's result to all watchers of the operation and keep it until {@link Forget}.
   */
  record Completed(OperationId operation, AttemptId attempt) implements OwnerEffect {}

  /**
   * Publish the result that {@link OwnerEvent.ResultWritten} told of to all watchers of the
   * operation and keep it until {@link Forget}.
   */
  record CompletedFromCache(OperationId operation) implements OwnerEffect {}

  /** Publish the failure to all watchers of the operation and keep it until {@link Forget}. */
  record Fail(OperationId operation, OperationFailure failure) implements OwnerEffect {}

  /** Drop all that is kept for the operation. */
  record Forget(OperationId operation) implements OwnerEffect {}

  /**
   * The executor announced an attempt of a former owner, which is an operation of this owner from
   * now on; its envelope is in the announcement.
   */
  record Adopted(OperationId operation, ExecutorId executor, AttemptId attempt)
      implements OwnerEffect {}

  // To executors, one a message of the stream; to be dropped where the stream is gone.

  /** A message to an executor. */
  sealed interface ToExecutor extends OwnerEffect {
    ExecutorId executor();
  }

  /**
   * The first answer to a Hello.
   *
   * @param counted what the farm counts of the executor beside its slots, in thousandths by name
   */
  record SendWelcome(ExecutorId executor, Map<String, Long> counted) implements ToExecutor {
    public SendWelcome {
      counted = Map.copyOf(counted);
    }
  }

  record SendOffer(ExecutorId executor, OfferedAttempt offer) implements ToExecutor {}

  /**
   * The answer to a pull.
   *
   * @param overdueNanos as in {@link SendReserve}, of what still waits; 0 if nothing does
   */
  record SendPullReply(ExecutorId executor, List<OfferedAttempt> offers, long overdueNanos)
      implements ToExecutor {
    public SendPullReply {
      offers = List.copyOf(offers);
    }
  }

  /**
   * Asks the executor to come and pull.
   *
   * @param overdueNanos for how long the first of the actions that wait for such executors should
   *     have been running by now; less than nothing if that is still to come
   */
  record SendReserve(ExecutorId executor, int count, long overdueNanos) implements ToExecutor {}

  record SendCancelReserve(ExecutorId executor, int count) implements ToExecutor {}

  /**
   * Asks the executor to keep what frees until it covers the room, and then to pull.
   *
   * @param room what an action takes; nothing once none waits for it any more
   */
  record SendRoomWanted(ExecutorId executor, Resources room) implements ToExecutor {}

  record SendKill(ExecutorId executor, AttemptId attempt) implements ToExecutor {}

  record SendAck(ExecutorId executor, AttemptId attempt) implements ToExecutor {}

  /**
   * Asks the executor to drain.
   *
   * @param grace how long what it runs may go on; null for what its pool grants
   */
  record SendDrain(ExecutorId executor, @Nullable Duration grace) implements ToExecutor {}

  /**
   * Close the executor's stream: it was silent for too long or is superseded. It may come back with
   * a new one.
   */
  record Disconnect(ExecutorId executor) implements OwnerEffect {}
}
