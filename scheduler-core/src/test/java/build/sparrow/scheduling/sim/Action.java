package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.Platform;

/**
 * What clients want run, and how it behaves.
 *
 * @param executorFailures how often executors fail to run it before one succeeds
 */
record Action(
    ActionId id,
    Platform platform,
    boolean mergeable,
    long fetchNanos,
    long executeNanos,
    long uploadNanos,
    Nature nature,
    int executorFailures) {
  /** What running it does. */
  enum Nature {
    HARMLESS,
    /** Runs out of memory, always. */
    HUNGRY,
    /** Kills the executor that runs it. */
    POISON
  }
}
