package build.sparrow.frontend;

import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.owner.LossBudgets;

/**
 * What a farm chooses of its scheduler.
 *
 * @param properties how platforms of pools and actions are compared
 * @param budgets how many lost attempts an action is forgiven
 */
public record SchedulingPolicy(PropertyRules properties, LossBudgets budgets) {
  public static final SchedulingPolicy DEFAULT =
      new SchedulingPolicy(PropertyRules.EXACT, LossBudgets.DEFAULT);
}
