package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.owner.LossBudgets;
import java.util.random.RandomGenerator;

/** What kind of faults a farm has to bear. */
enum Weather {
  /** Any of all. */
  STORMY,
  /** None: then the farm must be quick as well. */
  CALM,
  /** Only that the platform takes executors away, and says so: then nothing may be charged. */
  PREEMPTING,
  /** Only that frontends go for good: then nothing may be run again. */
  LOSING_FRONTENDS,
  /** Any of all, while clients race the farm to the result. */
  RACING;

  LossBudgets budgets() {
    return switch (this) {
      case STORMY, CALM, LOSING_FRONTENDS, RACING -> LossBudgets.DEFAULT;
      // Whatever was preempted once must not be so again, where the farm can help it.
      case PREEMPTING -> new LossBudgets(4, 2, 2, 0);
    };
  }

  /**
   * How many share the farm: more than one where an action may be run again without anything being
   * broken.
   */
  int tenants() {
    return switch (this) {
      case STORMY, RACING -> 3;
      case CALM, PREEMPTING, LOSING_FRONTENDS -> 1;
    };
  }

  Scenario draw(RandomGenerator random) {
    return switch (this) {
      case STORMY -> Scenario.stormy(random);
      case CALM -> Scenario.calm(random);
      case PREEMPTING -> Scenario.preempting(random);
      case RACING -> Scenario.racing(random);
      case LOSING_FRONTENDS -> Scenario.losingFrontends(random);
    };
  }
}
