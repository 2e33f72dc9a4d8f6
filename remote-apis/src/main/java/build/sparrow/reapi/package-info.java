/**
 * The words of the Remote Execution API that every module shares.
 *
 * <p>Holds the validated records that all modules pass around instead of raw protocol messages, and
 * the one place that turns a failure into a gRPC status. The generated messages and stubs of the
 * public protocols live in their own packages; nothing here decides anything.
 */
@NullMarked
package build.sparrow.reapi;

import org.jspecify.annotations.NullMarked;
