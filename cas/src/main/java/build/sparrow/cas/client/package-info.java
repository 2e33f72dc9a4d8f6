/**
 * A store that lives in another process, reached over the Remote Execution API.
 *
 * <p>{@link build.sparrow.cas.client.RemoteBlobStore} and {@link
 * build.sparrow.cas.client.RemoteActionCache} are the doors. Small blobs travel in batches, large
 * ones as streams that are sent no faster than they are taken. While the other process restarts,
 * calls wait and try again, as all of them may be repeated; what was read is hashed before its end
 * is handed out.
 */
@NullMarked
package build.sparrow.cas.client;

import org.jspecify.annotations.NullMarked;
