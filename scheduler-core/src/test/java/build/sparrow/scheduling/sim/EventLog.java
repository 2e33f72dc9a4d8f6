package build.sparrow.scheduling.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The hash of everything that happened, and the last lines of it for whoever looks at a failure.
 */
final class EventLog {
  private static final int LINES_KEPT = 400;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final Deque<String> tail = new ArrayDeque<>();
  private final boolean echo;
  private long hash = 0xcbf29ce484222325L;
  private long entries;

  /**
   * A new log.
   *
   * @param echo whether every line is printed as well
   */
  EventLog(boolean echo) {
    this.echo = echo;
  }

  void add(long nowNanos, String who, Object event, List<?> effects) {
    String line = nowNanos / 1_000 + " us " + who + " " + event + " -> " + effects;
    entries++;
    for (int at = 0; at < line.length(); at++) {
      hash = (hash ^ line.charAt(at)) * FNV_PRIME;
    }
    tail.addLast(line);
    if (tail.size() > LINES_KEPT) {
      tail.removeFirst();
    }
    if (echo) {
      System.out.println(line);
    }
  }

  long hash() {
    return hash;
  }

  long entries() {
    return entries;
  }

  String tail(int lines) {
    return String.join("\n", tail.stream().skip(Math.max(0, tail.size() - lines)).toList());
  }
}
