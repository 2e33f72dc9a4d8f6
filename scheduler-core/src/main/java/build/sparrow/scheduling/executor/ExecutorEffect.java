package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Resources;
import java.time.Duration;
import java.util.List;

/** What an executor's scheduler wants done, in this order. */
public sealed interface ExecutorEffect {
  // To frontends, one a message of the stream; to be dropped where the stream is gone.

  /** The first message on a new stream. */
  record SendHello(FrontendId frontend, List<AttemptProgress> held, boolean draining)
      implements ExecutorEffect {
    public SendHello {
      held = List.copyOf(held);
    }
  }

  /** Tells a frontend what another one began that is gone; it is the new one's from now on. */
  record SendAnnounce(FrontendId frontend, List<AttemptProgress> held) implements ExecutorEffect {
    public SendAnnounce {
      held = List.copyOf(held);
    }
  }

  /**
   * Tells the frontend of free room.
   *
   * @param shared whether others are told of it, too, so that it may be used up at any moment
   */
  record SendToken(FrontendId frontend, Resources free, boolean shared) implements ExecutorEffect {}

  record SendAccept(FrontendId frontend, AttemptId attempt) implements ExecutorEffect {}

  /** Nothing of a rejected attempt need be kept, unless the same attempt was accepted before. */
  record SendReject(FrontendId frontend, AttemptId attempt, Resources free)
      implements ExecutorEffect {}

  record SendPull(FrontendId frontend, Resources free) implements ExecutorEffect {}

  record SendProgress(FrontendId frontend, List<AttemptProgress> attempts)
      implements ExecutorEffect {
    public SendProgress {
      attempts = List.copyOf(attempts);
    }
  }

  record SendDone(FrontendId frontend, AttemptId attempt, Ending ending)
      implements ExecutorEffect {}

  record SendHandBack(FrontendId frontend, AttemptId attempt) implements ExecutorEffect {}

  /**
   * Tells the frontend that nothing more is taken.
   *
   * @param grace what is left of it
   */
  record SendDraining(FrontendId frontend, Duration grace) implements ExecutorEffect {}

  // To the executor itself.

  /** Run the attempt; say {@link ExecutorEvent.Ended} when it is over, exactly once. */
  record Start(AttemptId attempt) implements ExecutorEffect {}

  /** Kill all that runs for the attempt, then say {@link ExecutorEvent.Ended}. */
  record Stop(AttemptId attempt) implements ExecutorEffect {}

  /** Drop the attempt's envelope and result: nobody will ask for them. */
  record Forget(AttemptId attempt) implements ExecutorEffect {}

  /**
   * The drain is over: nothing runs, and every result is acknowledged or the grace has passed. Said
   * once.
   */
  record Drained() implements ExecutorEffect {}
}
