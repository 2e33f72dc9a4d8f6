package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Traits;

/**
 * What an action needs of its executor. Actions of equal needs wait in one queue.
 *
 * @param onDemand whether it must be one that the cloud does not take away
 */
record Requirement(Traits traits, boolean onDemand) {
  boolean metBy(Traits offered, boolean offeredOnDemand) {
    return (offeredOnDemand || !onDemand) && offered.meets(traits);
  }
}
