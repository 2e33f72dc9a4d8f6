package build.sparrow.scheduling;

import java.util.Comparator;

/**
 * One process of an executor: its stable name and its incarnation, drawn anew at each start. Two
 * incarnations of a name are two executors, of which the older is dead.
 */
public record ExecutorId(String name, String incarnation) implements Comparable<ExecutorId> {
  private static final Comparator<ExecutorId> ORDER =
      Comparator.comparing(ExecutorId::name).thenComparing(ExecutorId::incarnation);

  public ExecutorId {
    Checks.notBlank("executor name", name);
    Checks.notBlank("executor incarnation", incarnation);
  }

  @Override
  public int compareTo(ExecutorId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return name + "/" + incarnation;
  }
}
