package build.sparrow.scheduling;

/** How an attempt ended. */
public enum Ending {
  /**
   * It decides the operation: the process ended by itself or by its timeout, or the action cannot
   * be run.
   */
  DECIDED,
  /** The executor's fault (disk, store, sandbox): another executor may do better. */
  EXECUTOR_FAILED,
  /** The action alone ran out of memory. */
  OUT_OF_MEMORY,
  /** Killed on request. */
  KILLED
}
