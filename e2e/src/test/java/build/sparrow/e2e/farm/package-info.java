/**
 * A farm under test: real processes on loopback, started, broken and stopped from outside.
 *
 * <p>{@link build.sparrow.e2e.farm.Farm} is the door. It knows the command line of {@code sparrow}
 * and the protocol {@code sparrow.farm.v1}, and nothing else of Sparrow.
 */
@NullMarked
package build.sparrow.e2e.farm;

import org.jspecify.annotations.NullMarked;
