package build.sparrow.cas.replica.sim;

import java.util.PriorityQueue;

/** Virtual time: what happens when, in the order of time and then of planning. */
final class Timeline {
  static final long MILLISECOND = 1_000_000;
  static final long SECOND = 1_000 * MILLISECOND;

  private record Planned(long atNanos, long sequence, Runnable step)
      implements Comparable<Planned> {
    @Override
    public int compareTo(Planned other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Planned> planned = new PriorityQueue<>();
  private long nowNanos;
  private long sequence;

  /** Nanoseconds since the beginning. */
  long now() {
    return nowNanos;
  }

  /** Plans a step. */
  void after(long delayNanos, Runnable step) {
    planned.add(new Planned(nowNanos + delayNanos, sequence++, step));
  }

  /** Takes all steps before the end. */
  void runUntil(long endNanos) {
    for (Planned next = planned.peek();
        next != null && next.atNanos <= endNanos;
        next = planned.peek()) {
      planned.poll();
      nowNanos = next.atNanos;
      next.step.run();
    }
    nowNanos = Math.max(nowNanos, endNanos);
  }
}
