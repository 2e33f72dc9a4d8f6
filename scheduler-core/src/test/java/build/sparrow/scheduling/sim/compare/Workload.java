package build.sparrow.scheduling.sim.compare;

import java.util.Map;
import java.util.random.RandomGenerator;

/** What clients want run, when; made anew from a seed for each run. */
interface Workload {
  Farm farm();

  /** Plans all that does not depend on completions. */
  void begin(Run run, RandomGenerator random);

  /** What each tenant weighs against others; who is not named weighs 1. */
  default Map<Integer, Integer> tenantWeights() {
    return Map.of();
  }

  /** From its beginning to its end, with a perfect scheduler; 0 where nobody asks. */
  default double leastSeconds() {
    return 0;
  }

  /** A client hears the end of its task. */
  default void completed(Task task, Run run) {}
}
