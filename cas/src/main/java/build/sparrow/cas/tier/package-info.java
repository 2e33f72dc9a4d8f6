/**
 * A second place for blobs behind a shard's disk: an S3-compatible object store.
 *
 * <p>{@link build.sparrow.cas.tier.Tier} is the door. What the shard stores is put there by and by
 * ({@code WriteBehind}); what it misses is brought back when it is read ({@code TierRestorer}).
 * Nothing waits for the tier that does not need it, and whatever is wrong with it ({@code Breaker})
 * the shard behaves as if it had none, and says so.
 */
@NullMarked
package build.sparrow.cas.tier;

import org.jspecify.annotations.NullMarked;
