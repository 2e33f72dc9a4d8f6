package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Platform;

/**
 * A pool that the farm may have executors of, even if none is connected now.
 *
 * @param onDemand whether the cloud leaves its executors where they are
 * @param grows whether somebody gives it executors when actions wait for it
 */
public record PoolDeclaration(String name, Platform platform, boolean onDemand, boolean grows) {
  /** A pool of a fixed size that the cloud may take executors from. */
  public static PoolDeclaration of(String name, Platform platform) {
    return new PoolDeclaration(name, platform, false, false);
  }
}
