package build.sparrow.operator.link;

/**
 * How far a farm's storage is with its growth, as it says itself.
 *
 * @param shards whose word counts
 * @param joining whether another one is just joining these
 * @param waiting for people, what has to happen before the next step; empty for nothing
 */
public record StorageGrowth(int shards, boolean joining, String waiting) {
  /** How many shards hold something, that one included. */
  public int members() {
    return shards + (joining ? 1 : 0);
  }
}
