package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Platform;

/**
 * What an action needs of its executor. Actions of equal needs wait in one queue.
 *
 * @param onDemand whether it must be one that the cloud does not take away
 */
record Requirement(Platform platform, boolean onDemand) {
  /** The labels will do: any executor that has them. */
  static Requirement of(Platform platform) {
    return new Requirement(platform, false);
  }

  boolean metBy(Platform offered, boolean offeredOnDemand) {
    return offered.offers(platform) && (offeredOnDemand || !onDemand);
  }
}
