package build.sparrow.scheduling.sim;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: what happens when, in the order of time and then of planning. */
final class Timeline {
  static final long MILLISECOND = 1_000_000;
  static final long SECOND = 1_000 * MILLISECOND;

  private record Planned(long atNanos, long sequence, Runnable step) {}

  private final PriorityQueue<Planned> planned =
      new PriorityQueue<>(
          Comparator.comparingLong(Planned::atNanos).thenComparingLong(Planned::sequence));
  private long nowNanos;
  private long sequence;

  long now() {
    return nowNanos;
  }

  void after(long delayNanos, Runnable step) {
    at(nowNanos + delayNanos, step);
  }

  void at(long atNanos, Runnable step) {
    planned.add(new Planned(Math.max(atNanos, nowNanos), sequence++, step));
  }

  /** Takes the next step; false if none is left before the end. */
  boolean step(long endNanos) {
    Planned next = planned.peek();
    if (next == null || next.atNanos > endNanos) {
      nowNanos = Math.max(nowNanos, endNanos);
      return false;
    }
    planned.remove(next);
    nowNanos = next.atNanos;
    next.step.run();
    return true;
  }
}
