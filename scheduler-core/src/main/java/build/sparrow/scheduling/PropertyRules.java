package build.sparrow.scheduling;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a farm reads platform properties.
 *
 * @param byName the names that are not compared exactly
 * @param unasked what an action takes of a counted name that it does not ask for, in thousandths;
 *     nothing of a name that is not here
 */
public record PropertyRules(Map<String, PropertyMatch> byName, Map<String, Long> unasked) {
  private static final String PROCESSORS = "cpu";
  private static final long ONE = 1_000;

  /** Compares all exactly. */
  public static final PropertyRules EXACT = new PropertyRules(Map.of(), Map.of());

  public PropertyRules {
    byName = Map.copyOf(byName);
    unasked = Map.copyOf(unasked);
  }

  public PropertyMatch match(String name) {
    return byName.getOrDefault(name, PropertyMatch.EXACT);
  }

  /** What a platform comes to by these rules, of an action as well as of a pool. */
  public Traits read(Platform platform) {
    List<Label> shown = new ArrayList<>();
    Set<Label> exact = new HashSet<>();
    Set<String> any = new HashSet<>();
    SortedMap<String, Long> amounts = new TreeMap<>();
    for (Label label : platform.labels()) {
      OptionalLong amount = amount(label);
      if (amount.isPresent()) {
        amounts.merge(label.name(), amount.getAsLong(), Math::max);
        continue;
      }
      switch (match(label.name())) {
        // What is no amount can only be equal.
        case EXACT, MINIMUM -> {
          exact.add(label);
          shown.add(label);
        }
        case ANY -> {
          any.add(label.name());
          shown.add(new Label(label.name(), ""));
        }
        case IGNORE -> {}
      }
    }
    amounts.forEach((name, most) -> shown.add(new Label(name, Amount.show(most))));
    return new Traits(Platform.of(shown), exact, any, amounts);
  }

  /**
   * What an action takes of an executor: a slot, and of what the executor's pool counts as much as
   * it asks for.
   */
  public Resources taken(Traits asked, Traits offered) {
    Map<String, Long> taken = new TreeMap<>();
    offered
        .amounts()
        .forEach(
            (name, most) -> {
              Long amount = asked.amounts().get(name);
              long wanted = amount == null ? unasked.getOrDefault(name, 0L) : amount;
              if (wanted > 0) {
                taken.put(name, Math.min(wanted, most));
              }
            });
    return new Resources(1, taken);
  }

  /**
   * The processors that an action keeps busy as far as it says, in thousandths: its amount of
   * {@code cpu}, where the farm counts that, else one.
   */
  public long processors(Traits asked) {
    Long amount = asked.amounts().get(PROCESSORS);
    return Math.max(1, amount == null ? unasked.getOrDefault(PROCESSORS, ONE) : amount);
  }

  /** The label's amount, if that is what counts of it. */
  private OptionalLong amount(Label label) {
    return match(label.name()) == PropertyMatch.MINIMUM
        ? Amount.parse(label.value())
        : OptionalLong.empty();
  }
}
