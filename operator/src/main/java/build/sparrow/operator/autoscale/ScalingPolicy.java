package build.sparrow.operator.autoscale;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.AutoscalingSpec.Behavior;
import build.sparrow.crds.AutoscalingSpec.PolicyType;
import java.time.Instant;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * Decides how many executors a pool has in mode Internal. Pure.
 *
 * <p>What the demand asks for passes the stabilisation windows, then the policies, then the bounds,
 * as in the HorizontalPodAutoscaler of autoscaling/v2. So a bound that is changed, or a schedule
 * that begins, holds at once; and a maximum below the number of busy executors makes them finish.
 */
public final class ScalingPolicy {
  private ScalingPolicy() {}

  /** Decides once; to be asked whenever the demand changes, and every second while actions wait. */
  public static ScalingDecision decide(
      AutoscalingSpec spec, ScalingInput input, ScalingHistory history) {
    Behavior behavior = spec.behavior();
    Instant now = input.now();
    int current = input.current();
    Wish wish = Wish.of(spec, input);
    ScalingHistory past = history.with(behavior, current, wish.replicas(), now);

    // The first action of a pool waits for no window: nothing is there that could flap.
    int stable =
        Wish.isFromZero(input)
            ? wish.replicas()
            : stabilised(behavior, past.wishes(), current, now);
    int paced = paced(behavior, past.sizes(), current, stable, now);
    int max = spec.maxReplicas();
    int min = Math.min(Schedules.minReplicas(spec, now), max);
    int replicas = Math.clamp(paced, min, max);

    Optional<Limit> limit = Optional.empty();
    int wanted = Math.clamp(wish.replicas(), min, max);
    if (wanted != wish.replicas()) {
      limit = Optional.of(wanted == max ? Limit.MAX_REPLICAS : Limit.MIN_REPLICAS);
    }
    int target = Math.clamp(stable, min, max);
    if (target != wanted) {
      limit = Optional.of(target < wanted ? Limit.SCALE_UP_WINDOW : Limit.SCALE_DOWN_WINDOW);
    }
    if (replicas != target) {
      limit = Optional.of(replicas < target ? Limit.SCALE_UP_POLICY : Limit.SCALE_DOWN_POLICY);
    }
    return new ScalingDecision(
        replicas,
        reason(wish, current, paced, replicas, min, max),
        limit,
        replicas == current ? past : past.asking(replicas, now));
  }

  private static Reason reason(Wish wish, int current, int paced, int replicas, int min, int max) {
    if (replicas > current) {
      return replicas > paced ? Reason.MIN_REPLICAS : wish.grows();
    }
    if (replicas < current) {
      return replicas < paced ? Reason.MAX_REPLICAS : Reason.IDLE_TIMEOUT;
    }
    if (replicas == max && wish.replicas() > max) {
      return Reason.MAX_REPLICAS;
    }
    return replicas == min && wish.replicas() < min ? Reason.MIN_REPLICAS : Reason.STEADY;
  }

  /**
   * What there are now, but not less than all wishes of the one window, nor more than the other's.
   */
  private static int stabilised(Behavior behavior, Trace wishes, int current, Instant now) {
    int fewest =
        wishes.lowestSince(now.minusSeconds(behavior.scaleUp().stabilizationWindowSeconds()));
    int most =
        wishes.highestSince(now.minusSeconds(behavior.scaleDown().stabilizationWindowSeconds()));
    return Math.clamp(current, fewest, most);
  }

  /** As near to the target as the policies allow, which count from what was a period ago. */
  private static int paced(Behavior behavior, Trace sizes, int current, int target, Instant now) {
    if (target > current) {
      // A percentage of nothing is nothing, and the pool would stay at zero.
      int least = current == 0 ? 1 : current;
      long most =
          each(behavior.scaleUp(), policy -> raised(policy, sizes, now))
              .max()
              .orElse(Integer.MAX_VALUE);
      return Math.toIntExact(Math.min(target, Math.max(most, least)));
    }
    long least = each(behavior.scaleDown(), policy -> lowered(policy, sizes, now)).min().orElse(0);
    return Math.toIntExact(Math.max(target, Math.min(least, current)));
  }

  private static LongStream each(
      AutoscalingSpec.ScalingRules rules, ToLongFunction<AutoscalingSpec.ScalingPolicy> limit) {
    return rules.policies().stream().mapToLong(limit);
  }

  private static long raised(AutoscalingSpec.ScalingPolicy policy, Trace sizes, Instant now) {
    long before = sizes.at(now.minusSeconds(policy.periodSeconds())).lowest();
    return policy.type() == PolicyType.PODS
        ? before + policy.value()
        : Math.ceilDiv(before * (100 + policy.value()), 100L);
  }

  private static long lowered(AutoscalingSpec.ScalingPolicy policy, Trace sizes, Instant now) {
    long before = sizes.at(now.minusSeconds(policy.periodSeconds())).highest();
    return policy.type() == PolicyType.PODS
        ? before - policy.value()
        : Math.floorDiv(before * (100 - policy.value()), 100L);
  }
}
