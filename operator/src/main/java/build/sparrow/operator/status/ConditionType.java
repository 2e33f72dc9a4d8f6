package build.sparrow.operator.status;

/** What a condition is about. */
public enum ConditionType {
  READY("Ready"),
  RECONCILING("Reconciling"),
  STALLED("Stalled"),
  SPEC_VALID("SpecValid"),
  STORAGE_READY("StorageReady"),
  FRONTEND_READY("FrontendReady"),
  EXECUTORS_READY("ExecutorsReady"),
  SCALING_ACTIVE("ScalingActive"),
  SCALING_LIMITED("ScalingLimited"),
  UPDATE_IN_PROGRESS("UpdateInProgress"),
  DEGRADED("Degraded"),
  PAUSED("Paused"),
  APPLY_LOOP("ApplyLoop");

  private final String word;

  ConditionType(String word) {
    this.word = word;
  }

  /** As it stands in the status. */
  public String word() {
    return word;
  }
}
