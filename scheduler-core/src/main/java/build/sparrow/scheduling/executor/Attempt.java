package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Resources;

/** An attempt from its admission until its result is acknowledged. */
final class Attempt {
  /**
   * What an attempt can be at its executor. All but {@link Reported} take their part of the
   * executor.
   */
  sealed interface State {
    /** Admitted to run alone; others still run here. */
    record Waiting() implements State {}

    record Running(Phase phase) implements State {}

    /** Nobody wants it any more, but its processes are not all dead yet. */
    record Stopping(StopReason reason) implements State {}

    record Reported(Ending ending, long untilNanos) implements State {}
  }

  enum StopReason {
    /** Its owner wants to hear that it is dead. */
    KILLED,
    /** Its owner was told already and has it elsewhere by now. */
    HANDED_BACK,
    /** Its owner is gone from the farm. */
    ORPHANED
  }

  final AttemptId id;
  final ActionId action;
  final Resources size;
  final boolean alone;

  /** Whose it is: who began it, or who took it over. */
  FrontendId owner;

  State state;

  /** Admitted, and about to start. */
  Attempt(Offered offer, FrontendId owner) {
    id = offer.attempt();
    action = offer.action();
    size = offer.size();
    alone = offer.alone();
    this.owner = owner;
    state = new State.Waiting();
  }

  boolean holdsSlot() {
    return switch (state) {
      case State.Waiting _, State.Running _, State.Stopping _ -> true;
      case State.Reported _ -> false;
    };
  }

  /**
   * Whether the owner still wants it: one that is or was killed would be taken over by a restarted
   * owner.
   */
  boolean wanted() {
    return switch (state) {
      case State.Waiting _, State.Running _ -> true;
      case State.Stopping _ -> false;
      case State.Reported(var ending, _) -> ending != Ending.KILLED;
    };
  }

  AttemptProgress progress() {
    return new AttemptProgress(
        id,
        switch (state) {
          case State.Waiting _ -> Phase.FETCHING;
          case State.Running(var phase) -> phase;
          case State.Stopping _ -> Phase.EXECUTING;
          case State.Reported _ -> Phase.REPORTED;
        });
  }
}
