package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.LabelDifference;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.Traits;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The declared pools of a farm: which of them can ever run an action, which are to grow for it, and
 * if none can, which comes nearest.
 */
final class Pools {
  /** As many platforms of actions are remembered, the most recently used ones. */
  private static final int MOST_REMEMBERED = 1_000;

  private final PropertyRules rules;
  private final List<Pool> pools;
  private final Map<Platform, Asked> asked =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Platform, Asked> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  Pools(OwnerConfig config) {
    rules = config.properties();
    pools =
        config.pools().stream().map(pool -> new Pool(pool, rules.read(pool.platform()))).toList();
  }

  private record Pool(PoolDeclaration declaration, Traits traits) {
    /** Who can do least, and costs least, comes first. */
    static final Comparator<Pool> FEWEST_ABILITIES =
        Comparator.comparing(Pool::traits, Traits.FEWEST_ABILITIES)
            .thenComparing(pool -> pool.declaration.onDemand());

    boolean meets(Requirement wanted) {
      return wanted.metBy(traits, declaration.onDemand());
    }
  }

  /**
   * What is known of a platform that actions ask for.
   *
   * @param processors that one of them keeps busy, in thousandths
   * @param satisfiable whether a pool can ever run them
   */
  record Asked(Requirement wanted, long processors, boolean satisfiable) {}

  /** Takes time in proportion to the labels, but for the first action of its platform. */
  Asked asked(Platform platform) {
    Asked known = asked.get(platform);
    return known == null ? learn(platform) : known;
  }

  private Asked learn(Platform platform) {
    Requirement wanted = new Requirement(rules.read(platform), false);
    Asked learnt =
        new Asked(
            wanted,
            rules.processors(wanted.traits()),
            pools.stream().anyMatch(pool -> pool.meets(wanted)));
    asked.put(platform, learnt);
    return learnt;
  }

  /** What an unsatisfiable action is told. */
  record Nearest(@Nullable String pool, List<LabelDifference> differences) {}

  /**
   * The pool that lacks the fewest of the wanted labels; of equals the one that can do most, since
   * where an amount is lacking that is the one with the most of it.
   */
  Nearest nearest(Requirement wanted) {
    Optional<Pool> nearest =
        pools.stream()
            .min(
                Comparator.<Pool>comparingInt(pool -> pool.traits.lacking(wanted.traits()).size())
                    .thenComparing(Pool.FEWEST_ABILITIES.reversed()));
    return nearest.isEmpty()
        ? new Nearest(null, List.of())
        : new Nearest(
            nearest.get().declaration.name(), nearest.get().traits.lacking(wanted.traits()));
  }

  /** Whether an executor for it is made when an action waits. */
  boolean growsFor(Requirement wanted) {
    return pools.stream().anyMatch(pool -> pool.declaration.grows() && pool.meets(wanted));
  }

  /**
   * Whether the pool should have executors for what waits. Of the pools that grow only those do
   * that can do least and still fit: no node with a GPU for an action that needs none, and none on
   * demand for one that may run on spot.
   */
  boolean meant(String name, Requirement wanted) {
    return pools.stream()
        .filter(pool -> pool.declaration.name().equals(name) && pool.meets(wanted))
        .anyMatch(
            pool ->
                !pool.declaration.grows()
                    || pools.stream()
                        .filter(each -> each.declaration.grows() && each.meets(wanted))
                        .allMatch(each -> Pool.FEWEST_ABILITIES.compare(pool, each) <= 0));
  }

  /** What an action takes of an executor. */
  Resources taken(Requirement wanted, Traits offered) {
    return rules.taken(wanted.traits(), offered);
  }

  /** What the executors of a pool offer. */
  Traits offeredBy(Platform platform) {
    return rules.read(platform);
  }
}
