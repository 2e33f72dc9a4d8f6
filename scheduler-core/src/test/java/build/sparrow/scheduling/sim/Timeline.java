package build.sparrow.scheduling.sim;

import java.util.PriorityQueue;

/** Virtual time: what happens when, in the order of time and then of planning. */
public final class Timeline {
  public static final long MILLISECOND = 1_000_000;
  public static final long SECOND = 1_000 * MILLISECOND;

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
  public long now() {
    return nowNanos;
  }

  /** Plans a step. */
  public void after(long delayNanos, Runnable step) {
    at(nowNanos + delayNanos, step);
  }

  /** Plans a step; at once if its time has passed. */
  public void at(long atNanos, Runnable step) {
    planned.add(new Planned(Math.max(atNanos, nowNanos), sequence++, step));
  }

  /** Takes the next step; false if none is left before the end. */
  public boolean step(long endNanos) {
    Planned next = planned.peek();
    if (next == null || next.atNanos > endNanos) {
      nowNanos = Math.max(nowNanos, endNanos);
      return false;
    }
    planned.poll();
    nowNanos = next.atNanos;
    next.step.run();
    return true;
  }
}
