package build.sparrow.frontend;

import build.sparrow.reapi.PlatformKey;

/**
 * A pool that the farm has, whether or not an executor of it is connected.
 *
 * @param platform what every executor of the pool announces
 * @param onDemand whether the cloud leaves its executors where they are
 * @param grows whether somebody gives it executors when actions wait for it
 */
public record PoolDeclaration(String name, PlatformKey platform, boolean onDemand, boolean grows) {
  /** Throws IllegalArgumentException for an empty name. */
  public PoolDeclaration {
    if (name.isBlank()) {
      throw new IllegalArgumentException("A pool has no name; give it one");
    }
  }

  /** A pool of a fixed size that the cloud may take executors from. */
  public static PoolDeclaration of(String name, PlatformKey platform) {
    return new PoolDeclaration(name, platform, false, false);
  }
}
