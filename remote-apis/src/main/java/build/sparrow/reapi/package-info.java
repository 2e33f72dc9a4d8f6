/**
 * The words of the Remote Execution API that all of Sparrow shares, validated once at the edge.
 *
 * <p>A value of these types is well-formed by construction: what a client sent is checked by the
 * type's {@code parse}, which answers INVALID_ARGUMENT with the field and the value seen. {@link
 * build.sparrow.reapi.ReapiStatus} is the one place that builds gRPC errors.
 */
@NullMarked
package build.sparrow.reapi;

import org.jspecify.annotations.NullMarked;
