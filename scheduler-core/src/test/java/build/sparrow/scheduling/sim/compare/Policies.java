package build.sparrow.scheduling.sim.compare;

import java.util.LinkedHashMap;
import java.util.Map;

/** The policies under comparison, by the names that the table gives them. */
final class Policies {
  static final String SPARROW = "Sparrow, shipped";
  static final String FIFO = "omniscient FIFO";
  static final String SIZED = "omniscient, sizes";
  static final String FAIR_AND_SIZED = "omniscient, fair, sizes";
  static final String PREEMPTING = "omniscient, preempting";
  static final String BATCH = "batch d=2";
  static final String POLLING = "3 probes, 5 s poll";

  /** For one tenant. */
  static final Map<String, Policy.Maker> ALL = all();

  /** Those that know tenants, and one that does not. */
  static final Map<String, Policy.Maker> FOR_TENANTS = forTenants();

  private Policies() {}

  private static Map<String, Policy.Maker> all() {
    Map<String, Policy.Maker> policies = new LinkedHashMap<>();
    policies.put(FIFO, Omniscient::fifo);
    policies.put(SIZED, Omniscient::sized);
    policies.put("random", run -> new EarlyBinding(run, 1));
    policies.put("two choices", run -> new EarlyBinding(run, 2));
    policies.put("batch d=1.05", run -> LateBinding.batch(run, 1.05));
    policies.put(BATCH, run -> LateBinding.batch(run, 2));
    policies.put(POLLING, LateBinding::perTaskWithPoll);
    policies.put(SPARROW, Shipped::new);
    return policies;
  }

  private static Map<String, Policy.Maker> forTenants() {
    Map<String, Policy.Maker> policies = new LinkedHashMap<>();
    policies.put(FIFO, Omniscient::fifo);
    policies.put("omniscient, fair", Omniscient::fair);
    policies.put(FAIR_AND_SIZED, Omniscient::fairAndSized);
    policies.put(PREEMPTING, Preempting::new);
    policies.put(BATCH, run -> LateBinding.batch(run, 2));
    policies.put(POLLING, LateBinding::perTaskWithPoll);
    policies.put(SPARROW, Shipped::new);
    return policies;
  }
}
