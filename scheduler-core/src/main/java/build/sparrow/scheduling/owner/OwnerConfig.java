package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.PropertyRules;
import java.util.List;
import java.util.Map;

/**
 * What an owner is told at its start.
 *
 * @param epoch drawn anew at each start
 * @param pools all pools of the farm, with or without executors
 * @param properties how the platforms of pools and actions are compared
 * @param tenantWeights how much tenants get of the farm while others wait, each at least 1; that of
 *     a tenant which is not there is 1
 * @param maxQueuedActions at least 1; a new action beyond it is shed
 */
public record OwnerConfig(
    String epoch,
    List<PoolDeclaration> pools,
    PropertyRules properties,
    Map<String, Integer> tenantWeights,
    int maxQueuedActions,
    LossBudgets budgets,
    OwnerTimes times) {
  public static final int DEFAULT_MAX_QUEUED_ACTIONS = 100_000;

  public OwnerConfig {
    pools = List.copyOf(pools);
    tenantWeights = Map.copyOf(tenantWeights);
    tenantWeights.forEach(
        (tenant, weight) -> {
          if (weight < 1) {
            throw new IllegalArgumentException(
                "The weight of " + tenant + " is " + weight + "; it must be at least 1");
          }
        });
    if (epoch.isBlank()) {
      throw new IllegalArgumentException(
          "The owner's epoch is blank; draw a new one at each start");
    }
    if (maxQueuedActions < 1) {
      throw new IllegalArgumentException(
          "maxQueuedActions is " + maxQueuedActions + "; it must be at least 1");
    }
  }

  /** Whether the pool of that name is declared to be on demand. */
  boolean onDemand(String pool) {
    return pools.stream().anyMatch(each -> each.onDemand() && each.name().equals(pool));
  }

  /** Compares platforms exactly, with the default limits, budgets and times. */
  public static OwnerConfig of(String epoch, List<PoolDeclaration> pools) {
    return new OwnerConfig(
        epoch,
        pools,
        PropertyRules.EXACT,
        Map.of(),
        DEFAULT_MAX_QUEUED_ACTIONS,
        LossBudgets.DEFAULT,
        OwnerTimes.DEFAULT);
  }
}
