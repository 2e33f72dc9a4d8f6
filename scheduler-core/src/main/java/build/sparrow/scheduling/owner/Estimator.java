package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Learns how long actions take, by target, package and kind, and predicts from the narrowest of
 * these of which it has seen enough. A wrong prediction costs order, never a result.
 */
final class Estimator {
  /** As many keys as are remembered, the most recently used ones; some 300 bytes each. */
  private static final int MOST_KEYS = 20_000;

  /** With fewer samples a wider key knows better. */
  private static final int ENOUGH_SAMPLES = 3;

  /** A target changes, and what it took last month tells little. */
  private static final int TARGET_HALF_LIFE_SAMPLES = 50;

  /**
   * A package or a kind is as wide as all that is built of it, of which fifty samples in a row may
   * be one target.
   */
  private static final int WIDER_HALF_LIFE_SAMPLES = 5_000;

  /** Of an action like none before. */
  private static final long UNKNOWN_NANOS = Duration.ofSeconds(1).toNanos();

  private record Key(String mnemonic, String place) {}

  private static final Key ANY = new Key("", "");

  private final Map<Key, Sketch> sketches =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Sketch> eldest) {
          return size() > MOST_KEYS;
        }
      };

  void observe(Origin origin, long nanos) {
    for (Key key : keys(origin)) {
      boolean narrowest = !key.place().isEmpty() && key.place().equals(origin.target());
      int halfLife = narrowest ? TARGET_HALF_LIFE_SAMPLES : WIDER_HALF_LIFE_SAMPLES;
      sketches.computeIfAbsent(key, _ -> new Sketch(halfLife)).add(nanos);
    }
  }

  /** The duration that half of such actions do not exceed. */
  long medianNanos(Origin origin) {
    return median(keys(origin)).orElse(UNKNOWN_NANOS);
  }

  /** The same, if actions of its kind at least have been seen. */
  OptionalLong knownMedianNanos(Origin origin) {
    return origin.mnemonic().isEmpty()
        ? OptionalLong.empty()
        : median(keys(origin).stream().filter(key -> !key.equals(ANY)).toList());
  }

  /**
   * The chance that an action which has run for so long runs for that much more, as actions like it
   * did; empty if none of its kind is known. Few are known that ran for long, so each key begins
   * with what the wider one says and departs from it the more, the more it has seen.
   */
  OptionalDouble chanceToOutlast(Origin origin, long elapsedNanos, long moreNanos) {
    if (knownMedianNanos(origin).isEmpty()) {
      return OptionalDouble.empty();
    }
    double chance = 0.5;
    for (Key key : keys(origin).reversed()) {
      Sketch sketch = key.equals(ANY) ? null : sketches.get(key);
      if (sketch != null) {
        double ranSoLong = sketch.weightAbove(elapsedNanos);
        double ranLonger = sketch.weightAbove(elapsedNanos + moreNanos);
        chance = (ranLonger + ENOUGH_SAMPLES * chance) / (ranSoLong + ENOUGH_SAMPLES);
      }
    }
    return OptionalDouble.of(chance);
  }

  private OptionalLong median(List<Key> keys) {
    for (Key key : keys) {
      Sketch sketch = sketches.get(key);
      if (sketch != null && sketch.samples() >= ENOUGH_SAMPLES) {
        return OptionalLong.of(sketch.quantileNanos(0.5));
      }
    }
    return OptionalLong.empty();
  }

  /** From the narrowest to the widest, each once. */
  private static List<Key> keys(Origin origin) {
    String mnemonic = origin.mnemonic();
    String target = origin.target();
    int colon = target.lastIndexOf(':');
    List<Key> keys = new ArrayList<>(4);
    if (!target.isEmpty()) {
      keys.add(new Key(mnemonic, target));
    }
    if (colon > 0) {
      keys.add(new Key(mnemonic, target.substring(0, colon)));
    }
    if (!mnemonic.isEmpty()) {
      keys.add(new Key(mnemonic, ""));
    }
    keys.add(ANY);
    return keys;
  }
}
