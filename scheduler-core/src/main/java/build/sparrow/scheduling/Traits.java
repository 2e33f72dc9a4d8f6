package build.sparrow.scheduling;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A platform as its farm reads it: what an action asks for, or what a pool offers. Two of one farm
 * are equal if they show the same platform.
 */
public final class Traits {
  /** Whoever can do least comes first: a pool before all that can run whatever it can. */
  public static final Comparator<Traits> FEWEST_ABILITIES =
      Comparator.<Traits>comparingInt(traits -> traits.platform.labels().size())
          .thenComparing(traits -> traits.amounts.keySet(), Traits::compareEach)
          .thenComparing(traits -> traits.amounts.values(), Traits::compareEach);

  private final Platform platform;
  private final Set<Label> exact;
  private final Set<String> any;
  private final SortedMap<String, Long> amounts;

  Traits(Platform platform, Set<Label> exact, Set<String> any, SortedMap<String, Long> amounts) {
    this.platform = platform;
    this.exact = Set.copyOf(exact);
    this.any = Set.copyOf(any);
    this.amounts = Collections.unmodifiableSortedMap(new TreeMap<>(amounts));
  }

  /**
   * What is looked at of the platform: without ignored names, without values that do not matter,
   * with amounts in one form.
   */
  public Platform platform() {
    return platform;
  }

  /** Thousandths, by name. */
  public SortedMap<String, Long> amounts() {
    return amounts;
  }

  /** Whether a pool that offers this can run an action that asks for {@code wanted}. */
  public boolean meets(Traits wanted) {
    return wanted.platform.labels().stream().allMatch(label -> has(label, wanted));
  }

  private long amount(String name) {
    Long amount = amounts.get(name);
    return amount == null ? -1 : amount;
  }

  /** What is missing here for an action that asks for {@code wanted}; empty if it can run. */
  public List<LabelDifference> lacking(Traits wanted) {
    return wanted.platform.labels().stream()
        .filter(label -> !has(label, wanted))
        .map(
            label ->
                new LabelDifference(
                    label.name(),
                    label.value(),
                    wanted.amounts.containsKey(label.name()),
                    platform.values(label.name())))
        .toList();
  }

  private boolean has(Label label, Traits wanted) {
    Long asked = wanted.amounts.get(label.name());
    if (asked != null) {
      return amount(label.name()) >= asked;
    }
    return wanted.any.contains(label.name()) ? any.contains(label.name()) : exact.contains(label);
  }

  private static <T extends Comparable<T>> int compareEach(Collection<T> one, Collection<T> two) {
    var others = two.iterator();
    for (T each : one) {
      if (!others.hasNext()) {
        return 1;
      }
      int compared = each.compareTo(others.next());
      if (compared != 0) {
        return compared;
      }
    }
    return others.hasNext() ? -1 : 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Traits traits && platform.equals(traits.platform);
  }

  @Override
  public int hashCode() {
    return platform.hashCode();
  }

  @Override
  public String toString() {
    return platform.toString();
  }
}
