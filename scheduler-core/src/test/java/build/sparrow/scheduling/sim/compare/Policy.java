package build.sparrow.scheduling.sim.compare;

import java.util.List;

/** A scheduler under comparison: brings tasks to executors, and tells the run of it. */
interface Policy {
  /** Makes one for a run. */
  interface Maker {
    Policy make(Run run);
  }

  /** The tasks of one job, all at this moment. */
  void submit(List<Task> tasks);

  /** Whether it merges equal actions by itself. */
  default boolean merges() {
    return false;
  }

  /** Messages so far between schedulers and executors; those of one stream and moment are one. */
  long messages();

  /** Slots' time spent so far on what was killed, to be begun anew. */
  default long killedNanos() {
    return 0;
  }
}
