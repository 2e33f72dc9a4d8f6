/**
 * Zstandard as blobs travel in it: compressing what is read, and decompressing what is uploaded
 * within bounds that the sender cannot move.
 *
 * <p>{@link build.sparrow.cas.zstd.ZstdCodec} is the door. A decoder stops one byte past the size
 * that was announced, refuses windows above 8 MiB, and all decoders together stay within a budget
 * of native memory.
 */
@NullMarked
package build.sparrow.cas.zstd;

import org.jspecify.annotations.NullMarked;
