package build.sparrow.scheduling;

/**
 * The name of an operation as clients see it; it stays when the operation moves to a restarted
 * owner.
 */
public record OperationId(String value) implements Comparable<OperationId> {
  public OperationId {
    Checks.notBlank("operation id", value);
  }

  @Override
  public int compareTo(OperationId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
