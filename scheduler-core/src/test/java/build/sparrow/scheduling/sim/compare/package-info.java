/**
 * The comparison: the shipped state machines and the policies that others use, as plug-ins, run the
 * same work from the same seeds on farms of the same size, and one table says what came of it.
 *
 * <p>{@link build.sparrow.scheduling.sim.compare.Comparison} is the door ({@code make sim}). Work
 * comes from a {@code Workload}, goes through a {@code Policy}, and is measured by the {@code Run}.
 */
@NullMarked
package build.sparrow.scheduling.sim.compare;

import org.jspecify.annotations.NullMarked;
