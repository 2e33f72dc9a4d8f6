package build.sparrow.scheduling;

/**
 * Names what is to be run: instance, digest function and action digest in one opaque text; equal
 * ids are equal actions.
 */
public record ActionId(String value) implements Comparable<ActionId> {
  public ActionId {
    Checks.notBlank("action id", value);
  }

  @Override
  public int compareTo(ActionId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
