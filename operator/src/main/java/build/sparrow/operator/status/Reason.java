package build.sparrow.operator.status;

/**
 * Why a condition of a farm or a pool is as it is; docs/operate/troubleshooting.md has an entry for
 * each. Those of scaling are the autoscaler's own.
 */
public enum Reason {
  ALL_COMPONENTS_READY("AllComponentsReady"),
  SPEC_ACCEPTED("SpecAccepted"),
  SPEC_INVALID("SpecInvalid", true),

  STORAGE_SERVES("StorageServes"),
  STORAGE_GROWS("StorageGrows"),
  STORAGE_STARTING("StorageStarting"),
  STORAGE_CLASS_MISSING("StorageClassMissing", true),
  CLAIM_PENDING("ClaimPending"),
  RESIZE_REFUSED("ResizeRefused", true),

  FRONTENDS_SERVE("FrontendsServe"),
  FRONTENDS_STARTING("FrontendsStarting"),
  ADDRESS_PENDING("AddressPending"),

  EXECUTORS_SERVE("ExecutorsServe"),
  EXECUTORS_STARTING("ExecutorsStarting"),
  SCALED_TO_ZERO("ScaledToZero"),
  NO_POOLS("NoPools"),
  EXECUTORS_READY("ExecutorsReady"),
  EXECUTORS_PENDING("ExecutorsPending"),
  NO_FRONTEND_ANSWERS("NoFrontendAnswers"),
  NO_IMAGE("NoImage", true),
  ROLLOUT_STUCK("RolloutStuck", true),
  REPLACING("Replacing"),
  NO_TROUBLE("NoTrouble"),
  SCALING_DISABLED("Disabled"),
  SCALED_BY_OTHERS("External"),
  NOT_LIMITED("NotLimited"),

  IMAGE_PULL_FAILED("ImagePullFailed", true),
  UNSCHEDULABLE("Unschedulable", true),
  QUOTA_EXCEEDED("QuotaExceeded", true),
  POD_SECURITY_REFUSED("PodSecurityRefused", true),
  PODS_REFUSED("PodsRefused", true),
  CONTAINER_NOT_CREATED("ContainerNotCreated", true),
  CRASH_LOOPING("CrashLooping", true),
  APPLY_REFUSED("ApplyRefused", true),

  COMPONENTS_CHANGING("ComponentsChanging"),
  SETTLED("Settled"),
  NOTHING_IN_THE_WAY("NothingInTheWay"),
  ROLLING_OUT("RollingOut"),
  UP_TO_DATE("UpToDate"),
  FEWER_READY_THAN_WANTED("FewerReadyThanWanted"),
  AS_WANTED("AsWanted"),
  PAUSED_BY_SPEC("PausedBySpec"),
  PAUSED_BY_ANNOTATION("PausedByAnnotation"),
  NOT_PAUSED("NotPaused"),
  FIELDS_FOUGHT_OVER("FieldsFoughtOver", true),
  NO_FIGHT("NoFight");

  private final String word;
  private final boolean needsSomebody;

  Reason(String word) {
    this(word, false);
  }

  Reason(String word, boolean needsSomebody) {
    this.word = word;
    this.needsSomebody = needsSomebody;
  }

  /** As it stands in a condition. */
  public String word() {
    return word;
  }

  /** Whether waiting alone will hardly help. */
  public boolean needsSomebody() {
    return needsSomebody;
  }
}
