package build.sparrow.scheduling;

/**
 * One client call (Execute or WaitExecution) that waits for an operation; numbered by the shell,
 * never used twice.
 */
public record WatcherId(long number) implements Comparable<WatcherId> {
  @Override
  public int compareTo(WatcherId other) {
    return Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return "watcher " + number;
  }
}
