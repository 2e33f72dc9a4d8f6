/**
 * Serves any store over the Remote Execution API: ContentAddressableStorage, ByteStream and
 * ActionCache.
 *
 * <p>A shard serves its engines with these services, and a frontend the shards' clients; the
 * services know neither. They check names, offsets and sizes, keep what is in memory bounded, and
 * translate the failures of a store in one place, {@code StoreStatus}. They are to run on a server
 * whose calls may block, such as {@link build.sparrow.service.GrpcServer}.
 */
@NullMarked
package build.sparrow.cas.grpc;

import org.jspecify.annotations.NullMarked;
