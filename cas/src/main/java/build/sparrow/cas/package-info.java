/**
 * The content-addressable store and the action cache.
 *
 * <p>Blobs are named by their digest and verified against it on every way in. Decorators add one
 * property each to a small store interface, and the same interface is served over gRPC and spoken
 * by the client that frontends and executors use.
 */
@NullMarked
package build.sparrow.cas;

import org.jspecify.annotations.NullMarked;
