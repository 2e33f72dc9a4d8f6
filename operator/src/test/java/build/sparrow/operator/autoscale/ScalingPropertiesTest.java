package build.sparrow.operator.autoscale;

import static build.sparrow.operator.autoscale.TestSpec.PLAIN;
import static build.sparrow.operator.autoscale.TestSpec.percent;
import static build.sparrow.operator.autoscale.TestSpec.pods;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.AutoscalingSpec.PolicyType;
import build.sparrow.crds.AutoscalingSpec.ScalingRules;
import build.sparrow.operator.link.PoolDemand;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds whatever the rules of a pool are and whatever its builds do. */
final class ScalingPropertiesTest {
  private static final int SEEDS = 300;

  @Test
  void everyDecisionKeepsTheBounds_theBusy_theWindowsAndThePolicies() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      SimulatedPool pool = new SimulatedPool(randomSpec(random), random);
      for (int phase = 0; phase < 6; phase++) {
        pool.spec = random.nextInt(3) == 0 ? rebound(pool.spec, random) : pool.spec;
        double arrivalsPerSecond = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 3;
        for (int i = 0; i < 150; i++) {
          pool.pass(1 + random.nextInt(5), arrivalsPerSecond);
          SimulatedPool.Decided decided = pool.decide();
          checkRules(pool, decided, "seed %d, at %s: %s".formatted(seed, pool.now, decided));
        }
      }
    }
  }

  private static void checkRules(SimulatedPool pool, SimulatedPool.Decided decided, String replay) {
    AutoscalingSpec spec = pool.spec.spec();
    int before = decided.input().current();
    int after = decided.decision().replicas();
    boolean fromZero = before == 0 && decided.input().demand().queuedActions() > 0;

    assertThat(after).as(replay).isBetween(spec.minReplicas(), spec.maxReplicas());
    if (fromZero) {
      assertThat(after).as(replay).isPositive();
    }
    if (after < before && before <= spec.maxReplicas()) {
      assertThat(before - after).as(replay).isLessThanOrEqualTo(decided.input().idleLongEnough());
      assertThat(after).as(replay).isGreaterThanOrEqualTo(decided.input().busyExecutors());
      assertThat(after)
          .as(replay)
          .isGreaterThanOrEqualTo(
              Math.min(
                  spec.maxReplicas(),
                  pool.wishesOf(spec.behavior().scaleDown()).max().orElseThrow()));
      assertThat((long) after).as(replay).isGreaterThanOrEqualTo(leastByPolicies(pool, before));
    }
    if (after > before && after > spec.minReplicas()) {
      if (!fromZero) {
        assertThat(after)
            .as(replay)
            .isLessThanOrEqualTo(pool.wishesOf(spec.behavior().scaleUp()).min().orElseThrow());
      }
      assertThat((long) after)
          .as(replay)
          .isLessThanOrEqualTo(Math.max(mostByPolicies(pool), before == 0 ? 1 : before));
    }
    assertThat(decided.decision().history().wishes().steps())
        .as(replay)
        .hasSizeLessThanOrEqualTo(Trace.MAX_STEPS);
    assertThat(decided.decision().history().sizes().steps())
        .as(replay)
        .hasSizeLessThanOrEqualTo(Trace.MAX_STEPS);
  }

  private static long mostByPolicies(SimulatedPool pool) {
    ScalingRules rules = pool.spec.spec().behavior().scaleUp();
    return rules.policies().stream()
        .mapToLong(
            policy -> {
              int start = pool.sizeBefore(policy.periodSeconds());
              return policy.type() == PolicyType.PODS
                  ? start + policy.value()
                  : (long) Math.ceil(start * (1 + policy.value() / 100.0));
            })
        .max()
        .orElse(Long.MAX_VALUE);
  }

  private static long leastByPolicies(SimulatedPool pool, int before) {
    ScalingRules rules = pool.spec.spec().behavior().scaleDown();
    long least =
        rules.policies().stream()
            .mapToLong(
                policy -> {
                  int start = pool.sizeBefore(policy.periodSeconds());
                  return policy.type() == PolicyType.PODS
                      ? start - policy.value()
                      : (long) Math.floor(start * (1 - policy.value() / 100.0));
                })
            .min()
            .orElse(0);
    return Math.min(least, before);
  }

  @Test
  void steadyDemandComesToRest_atWhatIsNeeded() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      DecidingPool pool = new DecidingPool(randomSpec(random), random.nextInt(30));
      AutoscalingSpec spec = pool.spec.spec();
      int needed = random.nextInt(30);
      int least = Math.max(spec.minReplicas(), needed + idle(spec));
      int rest = Math.min(spec.maxReplicas(), least);
      int turns = 0;
      int before = pool.current;
      int direction = 0;
      for (int i = 0; i < 4000; i++) {
        // Actions that always run on as many as there are; the others wait.
        int busy = Math.min(needed, pool.current);
        int queued = needed - busy;
        pool.pass(2).decide(queued, 60, busy, pool.current - busy);
        int next = Integer.compare(pool.current, before);
        turns += next != 0 && next == -direction ? 1 : 0;
        direction = next != 0 ? next : direction;
        before = pool.current;
        if (i > 3500) {
          assertThat(pool.current).as("seed %d, decision %d, %s", seed, i, spec).isEqualTo(rest);
        }
      }
      assertThat(turns).as("seed %d, %s", seed, spec).isZero();
    }
  }

  @Test
  void moreDemandNeverMeansFewerExecutors() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      SimulatedPool pool = new SimulatedPool(randomSpec(random), random);
      for (int i = 0; i < 100; i++) {
        pool.pass(1 + random.nextInt(5), random.nextDouble());
        ScalingHistory history = pool.history;
        SimulatedPool.Decided decided = pool.decide();
        ScalingInput input = decided.input();
        PoolDemand more =
            new PoolDemand(
                input.demand().queuedActions() + random.nextInt(20),
                input.demand().oldestWait().plusSeconds(random.nextInt(20)));
        ScalingInput other =
            new ScalingInput(
                input.current(),
                more,
                input.slotsPerExecutor(),
                input.readyExecutors(),
                input.busyExecutors(),
                input.idleLongEnough(),
                input.now());

        assertThat(ScalingPolicy.decide(pool.spec.spec(), other, history).replicas())
            .as("seed %d: %s, then %s", seed, decided, more)
            .isGreaterThanOrEqualTo(decided.decision().replicas());
      }
    }
  }

  @Test
  void emptyPoolAlwaysGetsAnExecutorForItsFirstAction() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      DecidingPool pool = new DecidingPool(randomSpec(random).bounds(0, 20).spare(0), 10);
      for (int i = 0; i < 2000 && pool.current > 0; i++) {
        pool.pass(random.nextInt(10)).decideIdle();
      }
      assertThat(pool.current).as("seed %d", seed).isZero();

      pool.decide(1 + random.nextInt(9), 0, 0, 0);

      assertThat(pool.current).as("seed %d, %s", seed, pool.spec).isPositive();
    }
  }

  @Test
  void restartedOperatorTakesNothingForTheScaleDownWindow() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      SimulatedPool pool = new SimulatedPool(randomSpec(random), random);
      for (int i = 0; i < 100; i++) {
        pool.pass(3, i < 50 ? 2 : 0);
        pool.decide();
      }
      pool.history = ScalingHistory.NONE;
      int window = pool.spec.spec().behavior().scaleDown().stabilizationWindowSeconds();
      int before = pool.size();
      for (int passed = 0; passed < window; passed += 3) {
        pool.decide();
        pool.pass(3, 0);
        assertThat(pool.size())
            .as("seed %d after %d s", seed, passed)
            .isGreaterThanOrEqualTo(before);
      }
    }
  }

  @Test
  void historyStaysSmallHoweverMuchHappens_andStillLetsThePoolComeToRest() {
    TestSpec spec =
        PLAIN.bounds(0, 1000).up(3600, pods(1, 1800), pods(5, 1)).down(3600, pods(5, 1));
    for (long seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      DecidingPool pool = new DecidingPool(spec, 500);
      for (int i = 0; i < 7200; i++) {
        int busy = random.nextInt(pool.current + 1);
        pool.pass(1).decide(random.nextInt(500), 60, busy, random.nextInt(pool.current - busy + 1));
        // Somebody else is at it, too.
        pool.current = Math.clamp(pool.current + random.nextInt(-3, 4), 1, 1000);
        assertThat(pool.history.wishes().steps()).hasSizeLessThanOrEqualTo(Trace.MAX_STEPS);
        assertThat(pool.history.sizes().steps()).hasSizeLessThanOrEqualTo(Trace.MAX_STEPS);
      }
      for (int i = 0; i < 3800; i++) {
        pool.pass(1).decideIdle();
      }
      assertThat(pool.current).as("seed %d", seed).isZero();
    }
  }

  @Test
  void policiesHoldEvenWhereTheHistoryHadToBeShortened() {
    TestSpec spec = PLAIN.bounds(0, 1000).up(0, pods(1, 1800)).down(0, pods(1, 1800));
    for (long seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      DecidingPool pool = new DecidingPool(spec, 500);
      TreeMap<Instant, Integer> sizes = new TreeMap<>(Map.of(Instant.MIN, 500));
      for (int i = 0; i < 7200; i++) {
        int before = pool.current;
        pool.pass(1);
        sizes.put(pool.now, before);
        int start = requireNonNull(sizes.floorEntry(pool.now.minusSeconds(1800))).getValue();
        boolean grows = random.nextBoolean();

        pool.decide(grows ? 500 : 0, 60, grows ? before : 0, grows ? 0 : before);

        assertThat(pool.current)
            .as("seed %d, decision %d", seed, i)
            .isBetween(Math.min(before, start - 1), Math.max(before, start + 1));
        // Somebody else is at it, too.
        pool.current = Math.clamp(before + random.nextInt(-9, 10), 1, 1000);
      }
    }
  }

  @Test
  void unchangedPoolLeavesItsHistoryAsItIs() {
    DecidingPool pool = new DecidingPool(PLAIN.up(60, pods(1, 60)).down(300, pods(1, 60)), 3);
    pool.decide(0, 0, 3, 0);
    ScalingHistory first = pool.history;
    for (int i = 0; i < 1000; i++) {
      pool.pass(5).decide(0, 0, 3, 0);
    }
    assertThat(pool.history.sizes()).isEqualTo(first.sizes());
    assertThat(pool.history.wishes().steps()).hasSize(1);
  }

  private static int idle(AutoscalingSpec spec) {
    Integer idle = spec.idleReplicas();
    return idle == null ? 0 : idle;
  }

  private static TestSpec randomSpec(Random random) {
    TestSpec spec =
        rebound(PLAIN, random)
            .up(random.nextBoolean() ? 0 : random.nextInt(120), policies(random))
            .down(random.nextBoolean() ? 0 : random.nextInt(400), policies(random));
    return random.nextBoolean() ? spec : spec.spare(random.nextInt(spec.spec().maxReplicas() + 1));
  }

  private static TestSpec rebound(TestSpec spec, Random random) {
    int least = idle(spec.spec());
    int max = Math.max(least, 1 + random.nextInt(40));
    return spec.bounds(random.nextBoolean() ? 0 : random.nextInt(max + 1), max);
  }

  private static AutoscalingSpec.ScalingPolicy[] policies(Random random) {
    return IntStream.range(0, random.nextInt(4))
        .mapToObj(
            i ->
                random.nextBoolean()
                    ? pods(1 + random.nextInt(8), 1 + random.nextInt(120))
                    : percent(1 + random.nextInt(150), 1 + random.nextInt(120)))
        .toArray(AutoscalingSpec.ScalingPolicy[]::new);
  }
}
