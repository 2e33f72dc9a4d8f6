package build.sparrow.scheduling;

/** Where an attempt is at its executor, in this order. */
public enum Phase {
  /** Inputs are on their way; no process of the action exists. */
  FETCHING,
  /** The action's process runs. */
  EXECUTING,
  /** The process is gone, its outputs are on their way. */
  UPLOADING,
  /** Ended; the result waits for its acknowledgement. */
  REPORTED
}
