package build.sparrow.cas.replica.call;

import java.util.Comparator;

/**
 * When a result was written, so that of two the later one is kept wherever they meet.
 *
 * @param draw drawn for each put; decides between two of the same millisecond
 */
public record Stamp(long writtenUnixMillis, long draw) implements Comparable<Stamp> {
  /** Of a result that was put without one: older than any. */
  public static final Stamp NONE = new Stamp(0, 0);

  private static final Comparator<Stamp> ORDER =
      Comparator.comparingLong(Stamp::writtenUnixMillis).thenComparingLong(Stamp::draw);

  @Override
  public int compareTo(Stamp other) {
    return ORDER.compare(this, other);
  }
}
