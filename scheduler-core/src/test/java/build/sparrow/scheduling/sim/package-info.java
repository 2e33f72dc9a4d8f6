/**
 * A small farm in virtual time: the shipped state machines, a network that delays, breaks and
 * repeats, and executors, frontends and clients that come and go.
 *
 * <p>{@link build.sparrow.scheduling.sim.Simulation} runs one seed. Everything follows from it, so
 * a failure is a seed, and the same seed gives the same log. {@link
 * build.sparrow.scheduling.sim.Invariants} says what must hold after each event.
 */
@NullMarked
package build.sparrow.scheduling.sim;

import org.jspecify.annotations.NullMarked;
