/**
 * The Sparrow scheduler as pure state machines, frontend side and executor side.
 *
 * <p>Events go in, effects come out as data; time and randomness are arguments. There is no clock,
 * thread, random source or logger here, so a simulated run is replayed exactly from its seed. The
 * base is Ousterhout et al., "Sparrow: Distributed, Low Latency Scheduling", SOSP 2013.
 */
@NullMarked
package build.sparrow.scheduler;

import org.jspecify.annotations.NullMarked;
