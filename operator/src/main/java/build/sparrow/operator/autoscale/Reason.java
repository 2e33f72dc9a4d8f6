package build.sparrow.operator.autoscale;

/** Why a pool is to have as many executors as was decided. */
public enum Reason {
  /** The number stays: it is what is wanted, or a {@link Limit} keeps it. */
  STEADY("Steady"),
  /** Actions wait, and no executor is there to take them. */
  FROM_ZERO("FromZero"),
  /** Actions have waited longer than the target. */
  QUEUE_WAIT("QueueWait"),
  /** So many spare executors are to be kept. */
  IDLE_REPLICAS("IdleReplicas"),
  /** The fewest executors that the spec or a schedule allows. */
  MIN_REPLICAS("MinReplicas"),
  /** The most executors that the spec allows. */
  MAX_REPLICAS("MaxReplicas"),
  /** Executors have been idle for the idle timeout. */
  IDLE_TIMEOUT("IdleTimeout");

  private final String text;

  Reason(String text) {
    this.text = text;
  }

  /** As a status shows it, in CamelCase. */
  public String text() {
    return text;
  }
}
