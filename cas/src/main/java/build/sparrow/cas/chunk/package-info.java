/**
 * Cuts blobs where their content says, so that two that are alike have most of their chunks in
 * common.
 *
 * <p>{@link build.sparrow.cas.chunk.BlobChunks} reads a blob as chunks, {@link
 * build.sparrow.cas.chunk.FastCdc} knows where to cut. Clients cut by the same rules, so what is
 * cut here must not change.
 */
@NullMarked
package build.sparrow.cas.chunk;

import org.jspecify.annotations.NullMarked;
