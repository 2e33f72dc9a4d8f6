package build.sparrow.scheduling;

import java.util.Comparator;

/**
 * Names one try at running an action: the owner's epoch, drawn anew at each start, and a counter
 * that grows by one with each offer. No two attempts ever share an id, which is what fences late
 * messages of old ones.
 *
 * @param counter from 1
 */
public record AttemptId(String epoch, long counter) implements Comparable<AttemptId> {
  private static final Comparator<AttemptId> ORDER =
      Comparator.comparing(AttemptId::epoch).thenComparingLong(AttemptId::counter);

  public AttemptId {
    Checks.notBlank("attempt epoch", epoch);
    Checks.atLeast("attempt counter", counter, 1);
  }

  @Override
  public int compareTo(AttemptId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return epoch + "#" + counter;
  }
}
