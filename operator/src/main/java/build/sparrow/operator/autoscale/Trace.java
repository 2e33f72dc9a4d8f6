package build.sparrow.operator.autoscale;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a number was in the last time, as steps: each holds from its time until the next one's.
 * There are at most {@link #MAX_STEPS}: of more, two that were short become one that was between
 * the two.
 */
record Trace(List<Step> steps) {
  static final int MAX_STEPS = 128;
  static final Trace EMPTY = new Trace(List.of());

  Trace {
    steps = List.copyOf(steps);
  }

  /** That the number was from a time on at least and at most so much. */
  record Step(Instant from, int lowest, int highest) {}

  boolean isEmpty() {
    return steps.isEmpty();
  }

  /**
   * The same, and that the number is another from now on.
   *
   * @param keep how far back somebody will look
   */
  Trace with(Instant now, int number, Duration keep) {
    List<Step> next = new ArrayList<>(steps);
    // A clock that is set back must not put the past in disorder.
    Instant at = isEmpty() || now.isAfter(steps.getLast().from()) ? now : steps.getLast().from();
    if (isEmpty() || steps.getLast().highest() != number) {
      next.add(new Step(at, number, number));
    }
    while (next.size() > 1 && !next.get(1).from().isAfter(at.minus(keep))) {
      next.removeFirst();
    }
    if (next.size() > MAX_STEPS) {
      joinShortest(next);
    }
    return new Trace(next);
  }

  /** Of those that are over: the last one says what is now, and must be exact. */
  private static void joinShortest(List<Step> steps) {
    int shortest = 0;
    for (int i = 1; i + 2 < steps.size(); i++) {
      if (length(steps, i).compareTo(length(steps, shortest)) < 0) {
        shortest = i;
      }
    }
    Step one = steps.get(shortest);
    Step other = steps.remove(shortest + 1);
    steps.set(
        shortest,
        new Step(
            one.from(),
            Math.min(one.lowest(), other.lowest()),
            Math.max(one.highest(), other.highest())));
  }

  private static Duration length(List<Step> steps, int i) {
    return Duration.between(steps.get(i).from(), steps.get(i + 2).from());
  }

  /** The lowest number at a time and after it. */
  int lowestSince(Instant time) {
    return steps.subList(indexAt(time), steps.size()).stream()
        .mapToInt(Step::lowest)
        .min()
        .orElseThrow();
  }

  /** The highest number at a time and after it. */
  int highestSince(Instant time) {
    return steps.subList(indexAt(time), steps.size()).stream()
        .mapToInt(Step::highest)
        .max()
        .orElseThrow();
  }

  /** What it was at a time; before the first step it was what it was at that. */
  Step at(Instant time) {
    return steps.get(indexAt(time));
  }

  private int indexAt(Instant time) {
    int index = 0;
    while (index + 1 < steps.size() && !steps.get(index + 1).from().isAfter(time)) {
      index++;
    }
    return index;
  }
}
