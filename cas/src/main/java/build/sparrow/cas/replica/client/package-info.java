/**
 * The storage of a farm as frontends and executors see it: one store, one action cache, over all
 * shards.
 *
 * <p>{@link build.sparrow.cas.replica.client.ReplicatedStorage} is the door. {@code Conversation}
 * does what the calls of {@code replica.call} want done, each effect on a thread of its own;
 * uploads go to both homes at once, reads go on at another shard where one breaks off. What nobody
 * can answer is tried again for 20 s, as with a single shard.
 */
@NullMarked
package build.sparrow.cas.replica.client;

import org.jspecify.annotations.NullMarked;
