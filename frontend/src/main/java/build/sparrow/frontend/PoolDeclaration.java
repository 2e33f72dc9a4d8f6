package build.sparrow.frontend;

import build.sparrow.reapi.PlatformKey;

/**
 * A pool that the farm has, whether or not an executor of it is connected.
 *
 * @param platform what every executor of the pool announces
 */
public record PoolDeclaration(String name, PlatformKey platform) {
  /** Throws IllegalArgumentException for an empty name. */
  public PoolDeclaration {
    if (name.isBlank()) {
      throw new IllegalArgumentException("A pool has no name; give it one");
    }
  }
}
