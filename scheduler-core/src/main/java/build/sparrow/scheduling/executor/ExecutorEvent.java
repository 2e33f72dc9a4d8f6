package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Resources;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What can happen to an executor. Events of one frontend come from one stream at a time: once a new
 * stream is open, nothing of the older one is fed any more.
 */
public sealed interface ExecutorEvent {
  // From frontends, one a message of the stream.

  /** A stream is open; nothing was said on it yet. */
  record Connected(FrontendId frontend) implements ExecutorEvent {}

  /** The stream is broken or closed. */
  record Disconnected(FrontendId frontend) implements ExecutorEvent {}

  /**
   * The frontend is disconnected and the farm lists its place no more. What it left behind is
   * dropped unless a stream to that place opens soon.
   */
  record FrontendGone(FrontendId frontend) implements ExecutorEvent {}

  /**
   * The frontend's answer to Hello.
   *
   * @param counted what the farm counts of this executor beside its slots, in thousandths by name;
   *     what was said last counts
   */
  record Welcomed(FrontendId frontend, String epoch, Map<String, Long> counted)
      implements ExecutorEvent {
    public Welcomed {
      counted = Map.copyOf(counted);
    }
  }

  record OfferReceived(FrontendId frontend, Offered offer) implements ExecutorEvent {}

  /**
   * The answer to a pull.
   *
   * @param overdueNanos as in {@link Reserved}, of what still waits; 0 if nothing does
   */
  record PullAnswered(FrontendId frontend, List<Offered> offers, long overdueNanos)
      implements ExecutorEvent {
    public PullAnswered {
      offers = List.copyOf(offers);
    }
  }

  /**
   * The frontend has actions that wait.
   *
   * @param overdueNanos for how long the first of them should have been running by now; less than
   *     nothing if that is still to come
   */
  record Reserved(FrontendId frontend, int count, long overdueNanos) implements ExecutorEvent {}

  record ReservationsCancelled(FrontendId frontend, int count) implements ExecutorEvent {}

  /**
   * An action waits at the frontend for more room than there is. From now on what frees is kept for
   * it, until there is enough to come and pull.
   *
   * @param room what it takes; nothing once no room is wanted any more
   */
  record RoomWanted(FrontendId frontend, Resources room) implements ExecutorEvent {}

  record KillReceived(FrontendId frontend, AttemptId attempt) implements ExecutorEvent {}

  record Acknowledged(FrontendId frontend, AttemptId attempt) implements ExecutorEvent {}

  // From the executor itself.

  /**
   * An attempt that {@link ExecutorEffect.Start} started went on to another phase; never REPORTED.
   */
  record PhaseReached(AttemptId attempt, Phase phase) implements ExecutorEvent {}

  /**
   * All processes of the attempt are dead and its outputs are uploaded, or it was stopped or
   * failed.
   */
  record Ended(AttemptId attempt, Ending ending) implements ExecutorEvent {}

  /**
   * Take no more work, hand back what has not started, and end or hand back within the grace what
   * runs.
   *
   * @param grace from now
   */
  record DrainAsked(Duration grace) implements ExecutorEvent {}

  /**
   * The time named by {@link ExecutorScheduler#nextTimerNanos} has come. Early and spare ticks are
   * harmless.
   */
  record Tick() implements ExecutorEvent {}
}
