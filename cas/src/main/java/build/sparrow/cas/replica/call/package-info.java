/**
 * What is done over several shards, as pure state machines: an event goes in, effects come out.
 *
 * <p>{@link build.sparrow.cas.replica.call.Placement} says where an item belongs: at its homes, or
 * while one of them is away at its deputy. There is one {@link
 * build.sparrow.cas.replica.call.ReplicaCall} for each kind of work. All rest on one count: of the
 * candidates of an item two acknowledge a write, and two must deny that they hold it before it is
 * missing, so that one of those who deny was among those who acknowledged. No thread, no clock, no
 * I/O: the same classes run in processes and in the simulator.
 */
@NullMarked
package build.sparrow.cas.replica.call;

import org.jspecify.annotations.NullMarked;
