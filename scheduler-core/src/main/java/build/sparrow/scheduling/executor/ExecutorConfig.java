package build.sparrow.scheduling.executor;

/**
 * What an executor's scheduler is told at its start.
 *
 * @param slots how many attempts may run at once, at least 1
 */
public record ExecutorConfig(int slots, ExecutorTimes times) {
  public ExecutorConfig {
    if (slots < 1) {
      throw new IllegalArgumentException("slots is " + slots + "; an executor needs at least 1");
    }
  }

  /** The default times. */
  public static ExecutorConfig of(int slots) {
    return new ExecutorConfig(slots, ExecutorTimes.DEFAULT);
  }
}
