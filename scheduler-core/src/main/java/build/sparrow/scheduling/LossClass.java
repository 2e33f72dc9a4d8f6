package build.sparrow.scheduling;

/** Why an attempt was lost; each class has its own budget. */
public enum LossClass {
  /**
   * The platform took the executor away, or the executor was draining: never charged to the action.
   */
  PREEMPTED,
  /** The executor failed or vanished for a reason nobody knows. */
  INFRASTRUCTURE,
  /** Memory ran out. */
  OUT_OF_MEMORY
}
