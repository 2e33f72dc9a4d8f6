/**
 * A small client of the Remote Execution API that sends what it is told, right or wrong.
 *
 * <p>It is built on the generated stubs alone and computes digests by itself, so that it shares no
 * rule with the farm that it tests.
 */
@NullMarked
package build.sparrow.e2e.client;

import org.jspecify.annotations.NullMarked;
