package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Platform;

/** A pool that the farm may have executors of, even if none is connected now. */
public record PoolDeclaration(String name, Platform platform) {}
