package build.sparrow.cas.replica.sim;

import java.util.ArrayDeque;
import java.util.Deque;

/** The hash of everything that happened, and its last lines for whoever looks at a failure. */
final class EventLog {
  private static final int LINES_KEPT = 200;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final Deque<String> tail = new ArrayDeque<>();
  private final boolean echo;
  private long hash = 0xcbf29ce484222325L;
  private long entries;

  EventLog(boolean echo) {
    this.echo = echo;
  }

  void add(long nowNanos, String who, String what) {
    String line = nowNanos / 1_000 + " us " + who + " " + what;
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

  String tail() {
    return String.join("\n", tail);
  }
}
