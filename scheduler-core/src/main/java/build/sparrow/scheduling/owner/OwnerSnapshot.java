package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Resources;
import java.util.List;

/** What an owner knows at one moment, for the status page and for metrics. */
public record OwnerSnapshot(
    List<Pool> pools, List<Executor> executors, List<Queue> queues, Counts counts) {
  public OwnerSnapshot {
    pools = List.copyOf(pools);
    executors = List.copyOf(executors);
    queues = List.copyOf(queues);
  }

  /**
   * A declared pool or one that a connected executor names.
   *
   * @param busySlots slots with attempts of this owner
   * @param queuedActions actions that the pool should have executors for
   * @param oldestWaitNanos of the oldest of them; 0 if there is none
   */
  public record Pool(
      String name,
      Platform platform,
      int executors,
      int slots,
      int busySlots,
      int queuedActions,
      long oldestWaitNanos) {}

  /** How an executor is connected. */
  public enum Connection {
    READY,
    SUSPECT,
    DRAINING
  }

  /**
   * An executor.
   *
   * @param isolationLevel what it has proven of its sandbox, for people
   * @param idle room that this owner may offer to right now
   * @param keptRoom what it keeps free for an operation of this owner that takes more than it has
   * @param reservations places that this owner holds in the executor's queue
   * @param operations what it runs for this owner
   */
  public record Executor(
      ExecutorId id,
      String pool,
      Connection connection,
      String isolationLevel,
      int slots,
      Resources idle,
      Resources keptRoom,
      int reservations,
      List<OperationId> operations) {
    public Executor {
      operations = List.copyOf(operations);
    }
  }

  /**
   * The actions that wait for executors of one kind.
   *
   * @param onDemandOnly they were preempted too often to run where that can happen
   * @param reservations places at executors that could run them
   */
  public record Queue(
      Platform platform,
      boolean onDemandOnly,
      int queuedActions,
      long oldestWaitNanos,
      int reservations) {}

  /**
   * Sizes of all tables; all but {@code finished} are 0 when nothing is under way.
   *
   * @param fenced attempts given up for lost whose late result would still count
   * @param finished ended operations that can still be asked for
   */
  public record Counts(
      int queued,
      int offered,
      int executing,
      int concluding,
      int finished,
      int watchers,
      int fenced,
      int timers) {}
}
