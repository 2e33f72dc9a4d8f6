package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.WatcherId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to an owner. Events of one executor come from one stream at a time: when a new
 * stream of it says Hello, the shell closes the older one and feeds nothing more of it, not even
 * its end.
 */
public sealed interface OwnerEvent {
  // From clients.

  /**
   * A client wants an action run.
   *
   * @param proposed the operation's name, unless the action is merged with one in flight
   * @param priority lower runs sooner, 0 is the default
   * @param mergeable whether an equal action in flight will do; false for do_not_cache
   * @param mayRun whether the frontend that it belonged to is gone only just now, so that an
   *     executor may run it and be about to say so
   */
  record Submit(
      WatcherId watcher,
      OperationId proposed,
      ActionId action,
      Platform platform,
      int priority,
      boolean mergeable,
      Origin origin,
      boolean mayRun)
      implements OwnerEvent {
    /** An action of which nobody says where it comes from. */
    public Submit(
        WatcherId watcher,
        OperationId proposed,
        ActionId action,
        Platform platform,
        int priority,
        boolean mergeable) {
      this(watcher, proposed, action, platform, priority, mergeable, Origin.UNKNOWN, false);
    }
  }

  /** A client wants to follow an operation by its name. */
  record Watch(WatcherId watcher, OperationId operation) implements OwnerEvent {}

  /** A watcher is gone before its operation ended. */
  record WatcherLeft(WatcherId watcher, Departure departure) implements OwnerEvent {}

  /** Somebody cancels an operation by its name, for all who watch it. */
  record Cancel(OperationId operation) implements OwnerEvent {}

  /**
   * A client who is trusted has put a result of the operation's action into the cache, and all that
   * the result names is in the store.
   *
   * @param operation from {@link OwnerScheduler#wanting}, however long ago
   */
  record ResultWritten(OperationId operation) implements OwnerEvent {}

  // From the shell.

  /** The shell did what {@link OwnerEffect.Conclude} asked: what is to be cached is cached. */
  record Concluded(OperationId operation) implements OwnerEvent {}

  /** News of an executor that the platform takes away or took away. */
  record LossNews(String executorName, LossClass loss) implements OwnerEvent {}

  /**
   * Somebody wants the executor to finish and take no more work.
   *
   * @param grace how long what it runs may go on; null for what the executor's pool grants
   */
  record DrainAsked(String executorName, @Nullable Duration grace) implements OwnerEvent {}

  /**
   * The time named by {@link OwnerScheduler#nextTimerNanos} has come. Early and spare ticks are
   * harmless.
   */
  record Tick() implements OwnerEvent {}

  // From executors, one a message of the stream.

  /**
   * A stream is open and the executor has said Hello.
   *
   * @param isolationLevel what it has proven of its sandbox, for people
   * @param slots at least 1
   */
  record ExecutorJoined(
      ExecutorId executor,
      String pool,
      Platform platform,
      String isolationLevel,
      int slots,
      boolean draining,
      List<HeldAttempt> held)
      implements OwnerEvent {
    public ExecutorJoined {
      held = List.copyOf(held);
      if (slots < 1) {
        throw new IllegalArgumentException(
            "Executor " + executor.name() + " announces " + slots + " slots; it needs at least 1");
      }
    }
  }

  /** It holds what another frontend began, which is gone. */
  record HeldAnnounced(ExecutorId executor, List<HeldAttempt> held) implements OwnerEvent {
    public HeldAnnounced {
      held = List.copyOf(held);
    }
  }

  /** The executor's stream is broken or closed. */
  record ExecutorDisconnected(ExecutorId executor) implements OwnerEvent {}

  /**
   * The executor takes no more work.
   *
   * @param grace after it what the executor still runs is handed back
   */
  record ExecutorDraining(ExecutorId executor, Duration grace) implements OwnerEvent {}

  /**
   * It has free room.
   *
   * @param shared whether other owners were told, too
   */
  record Token(ExecutorId executor, Resources free, boolean shared) implements OwnerEvent {}

  record Accepted(ExecutorId executor, AttemptId attempt) implements OwnerEvent {}

  record Rejected(ExecutorId executor, AttemptId attempt, Resources free) implements OwnerEvent {}

  record Pulled(ExecutorId executor, Resources free) implements OwnerEvent {}

  /** Also the executor's heartbeat, then without attempts. */
  record Progressed(ExecutorId executor, List<AttemptProgress> attempts) implements OwnerEvent {
    public Progressed {
      attempts = List.copyOf(attempts);
    }
  }

  record Finished(ExecutorId executor, AttemptId attempt, Ending ending) implements OwnerEvent {}

  record HandedBack(ExecutorId executor, AttemptId attempt) implements OwnerEvent {}
}
