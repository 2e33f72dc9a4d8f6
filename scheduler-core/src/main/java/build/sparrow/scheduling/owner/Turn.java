package build.sparrow.scheduling.owner;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What one step of the owner has at hand: the time, a random source, and the list of what must be
 * done.
 */
record Turn(long nowNanos, RandomGenerator random, List<OwnerEffect> effects) {
  static Turn at(long nowNanos, RandomGenerator random) {
    return new Turn(nowNanos, random, new ArrayList<>());
  }

  void emit(OwnerEffect effect) {
    effects.add(effect);
  }
}
