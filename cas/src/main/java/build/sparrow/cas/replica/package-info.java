/**
 * Storage that consists of several shards, of which one may go without anybody noticing.
 *
 * <p>{@code call} decides, {@code client} is the store as frontends and executors see it, {@code
 * member} is what a shard does for the others. Here is what these have in common: {@link
 * build.sparrow.cas.replica.Shard} is one shard as seen from elsewhere.
 */
@NullMarked
package build.sparrow.cas.replica;

import org.jspecify.annotations.NullMarked;
