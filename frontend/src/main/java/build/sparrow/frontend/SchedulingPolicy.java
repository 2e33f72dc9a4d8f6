package build.sparrow.frontend;

import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.owner.LossBudgets;
import java.util.Map;

/**
 * What a farm chooses of its scheduler.
 *
 * @param properties how platforms of pools and actions are compared
 * @param tenantWeights how much an instance gets of the farm while others wait; 1 where it is not
 *     there
 * @param budgets how many lost attempts an action is forgiven
 */
public record SchedulingPolicy(
    PropertyRules properties, Map<String, Integer> tenantWeights, LossBudgets budgets) {
  public static final SchedulingPolicy DEFAULT =
      new SchedulingPolicy(PropertyRules.EXACT, Map.of(), LossBudgets.DEFAULT);

  public SchedulingPolicy {
    tenantWeights = Map.copyOf(tenantWeights);
  }
}
