package build.sparrow.scheduling;

/**
 * The place of a frontend as an executor dials it; it outlives restarts of the frontend, which
 * change its epoch.
 */
public record FrontendId(String value) implements Comparable<FrontendId> {
  public FrontendId {
    Checks.notBlank("frontend id", value);
  }

  @Override
  public int compareTo(FrontendId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
