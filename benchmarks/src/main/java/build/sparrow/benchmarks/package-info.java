/**
 * Benchmarks of Sparrow's hot paths and of whole builds.
 *
 * <p>Each figure is a ratio to a floor or a peer measured in the same run, or a rate with its
 * target beside it, so that it means the same on another machine.
 */
@NullMarked
package build.sparrow.benchmarks;

import org.jspecify.annotations.NullMarked;
