package build.sparrow.scheduling.sim.compare;

import java.util.random.RandomGenerator;

/** What clients want run, when; made anew from a seed for each run. */
interface Workload {
  Farm farm();

  /** Plans all that does not depend on completions. */
  void begin(Run run, RandomGenerator random);

  /** A client hears the end of its task. */
  default void completed(Task task, Run run) {}
}
