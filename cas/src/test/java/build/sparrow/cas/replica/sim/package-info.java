/**
 * The calls over shards, with the network, the disks and the time of a simulation: all follows from
 * a seed, and a broken promise is reported with the seed that breaks it.
 *
 * <p>{@code Simulation} is one run, {@code Promises} what must hold, {@code Faults} what breaks.
 * The machines that decide are those that ship; around them, shards and frontends are modelled as
 * {@code replica.member} and {@code replica.client} are written. {@code StorageSeeds} runs many.
 */
@NullMarked
package build.sparrow.cas.replica.sim;

import org.jspecify.annotations.NullMarked;
