package build.sparrow.operator.autoscale;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.AutoscalingSpec.ScalingRules;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What earlier decisions for a pool leave to later ones, of bounded size. It is kept in memory;
 * after a restart it begins as {@link #NONE}, with which a pool keeps what it has for the
 * scale-down window.
 *
 * @param wishes how many executors the demand asked for, whatever the bounds were
 * @param sizes how many there were to be
 * @param asked what was decided last, until the pool has it; empty if it had it
 */
public record ScalingHistory(Trace wishes, Trace sizes, Optional<Asked> asked) {
  /** Nothing was decided yet. */
  public static final ScalingHistory NONE =
      new ScalingHistory(Trace.EMPTY, Trace.EMPTY, Optional.empty());

  /** When another number was decided. */
  record Asked(int replicas, Instant at) {}

  /** The same, and what is seen and wished for now. */
  ScalingHistory with(AutoscalingSpec.Behavior behavior, int current, int wish, Instant now) {
    Duration windows = seconds(rules(behavior).mapToInt(ScalingRules::stabilizationWindowSeconds));
    Duration periods =
        seconds(
            rules(behavior)
                .flatMap(rules -> rules.policies().stream())
                .mapToInt(AutoscalingSpec.ScalingPolicy::periodSeconds));
    // What others wrote counts from now on, what was decided from its decision on.
    Instant changed = asked.filter(last -> last.replicas() == current).map(Asked::at).orElse(now);
    Trace before = wishes.isEmpty() ? wishes.with(now, current, windows) : wishes;
    return new ScalingHistory(
        before.with(now, wish, windows), sizes.with(changed, current, periods), Optional.empty());
  }

  /** The same, and that from now on there are to be so many. */
  ScalingHistory asking(int replicas, Instant now) {
    return new ScalingHistory(wishes, sizes, Optional.of(new Asked(replicas, now)));
  }

  private static Stream<ScalingRules> rules(AutoscalingSpec.Behavior behavior) {
    return Stream.of(behavior.scaleUp(), behavior.scaleDown());
  }

  private static Duration seconds(IntStream several) {
    return Duration.ofSeconds(several.max().orElse(0));
  }
}
