package build.sparrow.scheduling.sim.compare;

import java.util.List;
import java.util.random.RandomGenerator;

/** What one client builds. */
interface BuildPlan {
  /** Its actions, each after all that it needs. */
  List<Step> draw(int build, Durations durations, RandomGenerator random);
}
