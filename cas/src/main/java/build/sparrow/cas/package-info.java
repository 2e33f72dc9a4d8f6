/**
 * The content-addressable store and the action cache: where the inputs and outputs of actions live.
 *
 * <p>{@link build.sparrow.cas.BlobStore} and {@link build.sparrow.cas.ActionCache} are the doors.
 * {@code segment} and {@code file} hold the engines, {@code grpc} serves any store to clients,
 * {@code client} is a store that lives in another process; decorators stand beside the interface
 * they decorate. {@link build.sparrow.cas.CasMain} composes them into a shard. What fails is a
 * {@link build.sparrow.cas.StoreException} that says whose turn it is.
 */
@NullMarked
package build.sparrow.cas;

import org.jspecify.annotations.NullMarked;
