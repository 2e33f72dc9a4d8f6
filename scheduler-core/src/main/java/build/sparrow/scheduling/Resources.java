package build.sparrow.scheduling;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;
import java.util.stream.Collectors;

/**
 * What an executor has, or has free, or what an action takes of it.
 *
 * @param slots how many actions that is at once
 * @param amounts of what the farm counts beside them, in thousandths by name; a name that is not
 *     here has nothing
 */
public record Resources(int slots, Map<String, Long> amounts) {
  /** Nothing at all. */
  public static final Resources NONE = slots(0);

  public Resources {
    Checks.atLeast("number of slots", slots, 0);
    amounts.forEach((name, amount) -> Checks.atLeast("amount of " + name, amount, 0));
    amounts = Map.copyOf(amounts);
  }

  /** Slots alone. */
  public static Resources slots(int slots) {
    return new Resources(slots, Map.of());
  }

  public long amount(String name) {
    return amounts.getOrDefault(name, 0L);
  }

  /** Whether something that takes {@code other} fits in. */
  public boolean covers(Resources other) {
    if (slots < other.slots) {
      return false;
    }
    for (Map.Entry<String, Long> each : other.amounts.entrySet()) {
      if (amount(each.getKey()) < each.getValue()) {
        return false;
      }
    }
    return true;
  }

  public Resources plus(Resources other) {
    return new Resources(slots + other.slots, combined(other, Long::sum));
  }

  /** What is left without {@code other}, of each name nothing at least. */
  public Resources minus(Resources other) {
    return new Resources(
        Math.max(0, slots - other.slots),
        combined(other, (mine, others) -> Math.max(0, mine - others)));
  }

  /** As much as is in both. */
  public Resources within(Resources other) {
    return new Resources(Math.min(slots, other.slots), combined(other, Math::min));
  }

  private Map<String, Long> combined(Resources other, LongBinaryOperator each) {
    if (amounts.isEmpty() && other.amounts.isEmpty()) {
      return amounts;
    }
    SortedMap<String, Long> combined = new TreeMap<>(amounts);
    other.amounts.keySet().forEach(name -> combined.putIfAbsent(name, 0L));
    combined.replaceAll((name, mine) -> each.applyAsLong(mine, other.amount(name)));
    combined.values().removeIf(amount -> amount == 0);
    return combined;
  }

  /** As people write it: {@code 4 slots, cpu 8, memory 16Gi}. */
  @Override
  public String toString() {
    String counted =
        new TreeMap<>(amounts)
            .entrySet().stream()
                .map(each -> ", " + each.getKey() + " " + Amount.show(each.getValue()))
                .collect(Collectors.joining());
    return (slots == 1 ? "1 slot" : slots + " slots") + counted;
  }
}
