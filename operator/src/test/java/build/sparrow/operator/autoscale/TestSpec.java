package build.sparrow.operator.autoscale;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.AutoscalingSpec.Behavior;
import build.sparrow.crds.AutoscalingSpec.PolicyType;
import build.sparrow.crds.AutoscalingSpec.ScaleDown;
import build.sparrow.crds.AutoscalingSpec.ScaleUp;
import build.sparrow.crds.AutoscalingSpec.Schedule;
import java.util.List;

/** How a pool is scaled: from 0 to 10, after 10 s of waiting, with no window and no policy. */
record TestSpec(AutoscalingSpec spec) {
  static final TestSpec PLAIN =
      new TestSpec(
          new AutoscalingSpec(
              AutoscalingSpec.Mode.INTERNAL,
              0,
              10,
              0,
              10,
              60,
              new Behavior(new ScaleUp(0, List.of()), new ScaleDown(0, List.of())),
              List.of()));

  TestSpec bounds(int min, int max) {
    return with(min, max, spec.idleReplicas() == null ? 0 : spec.idleReplicas(), spec.behavior());
  }

  TestSpec spare(int idleReplicas) {
    return with(spec.minReplicas(), spec.maxReplicas(), idleReplicas, spec.behavior());
  }

  TestSpec up(int windowSeconds, AutoscalingSpec.ScalingPolicy... policies) {
    return behavior(
        new Behavior(new ScaleUp(windowSeconds, List.of(policies)), spec.behavior().scaleDown()));
  }

  TestSpec down(int windowSeconds, AutoscalingSpec.ScalingPolicy... policies) {
    return behavior(
        new Behavior(spec.behavior().scaleUp(), new ScaleDown(windowSeconds, List.of(policies))));
  }

  TestSpec schedules(Schedule... schedules) {
    return new TestSpec(
        new AutoscalingSpec(
            spec.mode(),
            spec.minReplicas(),
            spec.maxReplicas(),
            spec.idleReplicas(),
            spec.targetQueueWaitSeconds(),
            spec.idleTimeoutSeconds(),
            spec.behavior(),
            List.of(schedules)));
  }

  static AutoscalingSpec.ScalingPolicy pods(int value, int periodSeconds) {
    return new AutoscalingSpec.ScalingPolicy(PolicyType.PODS, value, periodSeconds);
  }

  static AutoscalingSpec.ScalingPolicy percent(int value, int periodSeconds) {
    return new AutoscalingSpec.ScalingPolicy(PolicyType.PERCENT, value, periodSeconds);
  }

  private TestSpec behavior(Behavior behavior) {
    return with(
        spec.minReplicas(),
        spec.maxReplicas(),
        spec.idleReplicas() == null ? 0 : spec.idleReplicas(),
        behavior);
  }

  private TestSpec with(int min, int max, int idleReplicas, Behavior behavior) {
    return new TestSpec(
        new AutoscalingSpec(
            spec.mode(),
            min,
            max,
            idleReplicas,
            spec.targetQueueWaitSeconds(),
            spec.idleTimeoutSeconds(),
            behavior,
            spec.schedules()));
  }
}
