package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.PropertyMatch;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.owner.PoolDeclaration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A farm and its weather, drawn from a seed.
 *
 * @param executors in each pool
 * @param faultsUntilNanos no fault begins later
 * @param breaks streams broken, a second
 * @param lies messages of an executor about an attempt of another, a second
 * @param duplicates share of messages that arrive twice
 * @param badActions share of actions that fail executors, run out of memory or kill
 * @param fickle share of calls that are cancelled or lose their connection
 * @param preemptions executors taken away by the platform, which says so, a second
 * @param ownResults results that clients come to by themselves and put into the cache, a second
 */
record Scenario(
    int frontends,
    PropertyRules rules,
    List<PoolDeclaration> pools,
    List<Platform> actionPlatforms,
    int executors,
    int maxSlots,
    int maxQueuedActions,
    int calls,
    int distinctActions,
    long callsUntilNanos,
    long faultsUntilNanos,
    long maxDelayNanos,
    double crashes,
    double drains,
    double partitions,
    double frontendCrashes,
    double breaks,
    double lies,
    double duplicates,
    double badActions,
    double fickle,
    double preemptions,
    double ownResults) {

  private static final Label LINUX = new Label("OSFamily", "linux");
  private static final Label ARM = new Label("cpu", "arm64");
  private static final Label GPU = new Label("gpu", "yes");

  private static final PropertyRules COUNTING =
      new PropertyRules(Map.of("memory", PropertyMatch.MINIMUM), Map.of("memory", 500L));

  static final Platform IMPOSSIBLE = Platform.of(LINUX, new Label("cpu", "vax"));

  /** Any weather. */
  static Scenario stormy(RandomGenerator random) {
    List<PoolDeclaration> pools = new ArrayList<>();
    pools.add(PoolDeclaration.of("plain", Platform.of(LINUX)));
    if (random.nextBoolean()) {
      pools.add(PoolDeclaration.of("arm", Platform.of(LINUX, ARM)));
    }
    if (random.nextBoolean()) {
      pools.add(PoolDeclaration.of("rich", Platform.of(LINUX, ARM, GPU)));
    }
    List<Platform> wanted = new ArrayList<>(pools.stream().map(PoolDeclaration::platform).toList());
    wanted.add(Platform.ANY);
    Scenario drawn =
        new Scenario(
            1 + random.nextInt(3),
            PropertyRules.EXACT,
            pools,
            wanted,
            random.nextInt(5) == 0 ? 1 + random.nextInt(12) : 1 + random.nextInt(4),
            1 + random.nextInt(4),
            random.nextInt(4) == 0 ? 5 : 1_000,
            20 + random.nextInt(80),
            5 + random.nextInt(100),
            5 * Timeline.SECOND,
            15 * Timeline.SECOND,
            (1 + random.nextInt(40)) * Timeline.MILLISECOND,
            sometimes(random, 0.5),
            sometimes(random, 0.3),
            sometimes(random, 0.2),
            sometimes(random, 0.2),
            sometimes(random, 3),
            sometimes(random, 2),
            sometimes(random, 0.1),
            sometimes(random, 0.1),
            sometimes(random, 0.3),
            0,
            0);
    return random.nextInt(3) == 0 ? drawn.counting(random) : drawn;
  }

  /** The same, but that executors have memory, and actions take of it, up to all of the largest. */
  private Scenario counting(RandomGenerator random) {
    List<PoolDeclaration> counted = new ArrayList<>();
    for (PoolDeclaration pool : pools) {
      List<Label> labels = new ArrayList<>(pool.platform().labels());
      labels.add(new Label("memory", Integer.toString(1 + random.nextInt(6))));
      counted.add(
          new PoolDeclaration(pool.name(), Platform.of(labels), pool.onDemand(), pool.grows()));
    }
    List<Platform> wanted = new ArrayList<>(actionPlatforms);
    counted.forEach(pool -> wanted.add(pool.platform()));
    wanted.add(Platform.of(LINUX, new Label("memory", "1")));
    return new Scenario(
        frontends,
        COUNTING,
        counted,
        wanted,
        executors,
        maxSlots,
        maxQueuedActions,
        calls,
        distinctActions,
        callsUntilNanos,
        faultsUntilNanos,
        maxDelayNanos,
        crashes,
        drains,
        partitions,
        frontendCrashes,
        breaks,
        lies,
        duplicates,
        badActions,
        fickle,
        preemptions,
        ownResults);
  }

  /** Nothing breaks and nobody leaves: then the farm must also be quick. */
  static Scenario calm(RandomGenerator random) {
    Scenario any = stormy(random);
    return any.with(any.pools, any.frontends, 1_000, 0, 0, 0);
  }

  /** The platform takes executors of the first pool away, and nothing else happens. */
  static Scenario preempting(RandomGenerator random) {
    Scenario any = stormy(random);
    return any.with(
        any.poolsWithTheFirstOnSpot(),
        any.frontends,
        1_000,
        10 * Timeline.SECOND,
        0,
        0.1 + random.nextDouble());
  }

  /** One frontend after another goes, but for the last, and none comes back. */
  static Scenario losingFrontends(RandomGenerator random) {
    Scenario any = stormy(random);
    return any.with(any.pools, 3, 1_000, 10 * Timeline.SECOND, 0.5, 0);
  }

  /** Any weather, and clients run actions themselves, too: whoever has the result first ends it. */
  static Scenario racing(RandomGenerator random) {
    return stormy(random).withResultsOfClients(1 + random.nextDouble() * 9);
  }

  private List<PoolDeclaration> poolsWithTheFirstOnSpot() {
    List<PoolDeclaration> changed = new ArrayList<>();
    for (PoolDeclaration pool : pools) {
      boolean onDemand = !changed.isEmpty();
      changed.add(new PoolDeclaration(pool.name(), pool.platform(), onDemand, true));
    }
    return changed;
  }

  boolean meets(PoolDeclaration pool, Platform wanted) {
    return rules.read(pool.platform()).meets(rules.read(wanted));
  }

  /** What such an action takes of an executor of the pool. */
  Resources taken(PoolDeclaration pool, Platform wanted) {
    return rules.taken(rules.read(wanted), rules.read(pool.platform()));
  }

  /** Whether the farm has executors for such an action that nobody takes away. */
  boolean onDemand(Platform wanted) {
    return pools.stream().anyMatch(pool -> pool.onDemand() && meets(pool, wanted));
  }

  private Scenario with(
      List<PoolDeclaration> other,
      int frontendCount,
      int mostQueued,
      long faultsNanos,
      double frontendCrashRate,
      double preemptionRate) {
    return new Scenario(
        frontendCount,
        rules,
        other,
        actionPlatforms,
        executors,
        maxSlots,
        mostQueued,
        calls,
        distinctActions,
        callsUntilNanos,
        faultsNanos,
        maxDelayNanos,
        0,
        0,
        0,
        frontendCrashRate,
        0,
        0,
        0,
        0,
        0,
        preemptionRate,
        0);
  }

  private Scenario withResultsOfClients(double rate) {
    return new Scenario(
        frontends,
        rules,
        pools,
        actionPlatforms,
        executors,
        maxSlots,
        maxQueuedActions,
        calls,
        distinctActions,
        callsUntilNanos,
        faultsUntilNanos,
        maxDelayNanos,
        crashes,
        drains,
        partitions,
        frontendCrashes,
        breaks,
        lies,
        duplicates,
        badActions,
        fickle,
        preemptions,
        rate);
  }

  /** The same with less of something. */
  Scenario reduced(Reduction by) {
    int fewerCalls =
        switch (by) {
          case HALF_THE_CALLS -> Math.max(1, calls / 2);
          case QUARTER_OF_THE_CALLS -> Math.max(1, calls / 4);
          default -> calls;
        };
    return new Scenario(
        by == Reduction.ONE_FRONTEND ? 1 : frontends,
        rules,
        pools,
        actionPlatforms,
        executors,
        maxSlots,
        maxQueuedActions,
        fewerCalls,
        distinctActions,
        callsUntilNanos,
        faultsUntilNanos,
        maxDelayNanos,
        by == Reduction.NO_CRASHES ? 0 : crashes,
        by == Reduction.NO_DRAINS ? 0 : drains,
        by == Reduction.NO_PARTITIONS ? 0 : partitions,
        by == Reduction.NO_FRONTEND_CRASHES ? 0 : frontendCrashes,
        by == Reduction.NO_BREAKS ? 0 : breaks,
        by == Reduction.NO_LIES ? 0 : lies,
        by == Reduction.NO_DUPLICATES ? 0 : duplicates,
        by == Reduction.NO_BAD_ACTIONS ? 0 : badActions,
        by == Reduction.NO_FICKLE_CLIENTS ? 0 : fickle,
        preemptions,
        by == Reduction.NO_RESULTS_OF_CLIENTS ? 0 : ownResults);
  }

  private static double sometimes(RandomGenerator random, double most) {
    return random.nextInt(3) == 0 ? 0 : random.nextDouble() * most;
  }
}
