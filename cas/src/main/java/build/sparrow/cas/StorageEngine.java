package build.sparrow.cas;

import java.util.Locale;

/** How a shard keeps what it holds. */
public enum StorageEngine {
  /** As the data directory has it; in an empty one, in segments. */
  AS_FOUND,

  /** In append-only segments. */
  SEGMENTS,

  /** A file for each blob and each result, to look at them with a shell. */
  FILES;

  /** The name as people write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
