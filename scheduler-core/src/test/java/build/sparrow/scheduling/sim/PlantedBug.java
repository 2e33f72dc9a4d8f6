package build.sparrow.scheduling.sim;

/**
 * Bugs that schedulers in the field have, or had. Each, planted here, must be found by the seeds.
 */
enum PlantedBug {
  NONE,
  /** An executor compares the queue whose reservations are taken back by identity: none matches. */
  CANCEL_BY_IDENTITY,
  /** An attempt that cannot be launched is reported, but its slot is never freed. */
  SLOT_OF_FAILED_LAUNCH_LEAKS,
  /** An owner believes that whatever it answered to a pull arrived. */
  LOST_PULL_REPLY_LOSES_ACTION,
  /** A result counts for its operation, whichever attempt it is of. */
  LATE_RESULT_NOT_FENCED,
  /** An executor that the platform takes away counts as one that failed. */
  PREEMPTION_CHARGED,
  /** An owner runs at once what executors may run for another owner that has just gone. */
  TAKEOVER_NOT_AWAITED,
  /** An executor takes each action for one that takes a slot and nothing else. */
  SIZE_LOST_ON_THE_WAY,
  /** An executor fills up with small actions while a large one waits for room there. */
  NO_ROOM_IS_KEPT;

  /** Where it can show. */
  Weather weather() {
    return switch (this) {
      case PREEMPTION_CHARGED -> Weather.PREEMPTING;
      case TAKEOVER_NOT_AWAITED -> Weather.LOSING_FRONTENDS;
      case NONE,
          CANCEL_BY_IDENTITY,
          SLOT_OF_FAILED_LAUNCH_LEAKS,
          LOST_PULL_REPLY_LOSES_ACTION,
          LATE_RESULT_NOT_FENCED,
          SIZE_LOST_ON_THE_WAY,
          NO_ROOM_IS_KEPT ->
          Weather.STORMY;
    };
  }
}
