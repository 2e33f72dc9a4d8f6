package build.sparrow.scheduling.owner;

/**
 * How many losses of each class an operation is forgiven; one more ends it. Preemptions are never
 * charged.
 *
 * @param infrastructure executors that failed or vanished, at least 0
 * @param outOfMemory endings for want of memory, at least 0
 * @param poisonExecutors how many different executors may die under an action before it runs alone,
 *     once; at least 1
 * @param preemptionsBeforeOnDemand after one more than this an action runs on demand only, where a
 *     pool fits it; at least 0
 */
public record LossBudgets(
    int infrastructure, int outOfMemory, int poisonExecutors, int preemptionsBeforeOnDemand) {
  public static final LossBudgets DEFAULT = new LossBudgets(4, 2, 2, 3);

  public LossBudgets {
    if (infrastructure < 0
        || outOfMemory < 0
        || poisonExecutors < 1
        || preemptionsBeforeOnDemand < 0) {
      throw new IllegalArgumentException(
          "Loss budgets are infrastructure %d, out of memory %d, poison executors %d, preemptions before on demand %d; give at least 0, 0, 1 and 0"
              .formatted(infrastructure, outOfMemory, poisonExecutors, preemptionsBeforeOnDemand));
    }
  }
}
