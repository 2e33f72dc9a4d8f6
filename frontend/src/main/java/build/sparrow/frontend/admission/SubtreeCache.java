package build.sparrow.frontend.admission;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.Digest;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Subtrees that passed every check, bounded by their weight in memory. A subtree is believed to be
 * complete for half of the store's lease, so that what it holds stays readable for the other half,
 * in which the action runs.
 */
final class SubtreeCache {
  private record Key(BlobScope scope, Digest digest) {}

  private final Cache<Key, CheckedSubtree> subtrees;
  private final long trustNanos;
  private final LongSupplier nanoTime;

  /**
   * Starts empty.
   *
   * @param lease of the store
   */
  SubtreeCache(long maxWeightBytes, Duration lease, LongSupplier nanoTime) {
    subtrees =
        CacheBuilder.newBuilder()
            .concurrencyLevel(1)
            .maximumWeight(maxWeightBytes)
            .<Key, CheckedSubtree>weigher((key, subtree) -> subtree.names().weightBytes())
            .build();
    trustNanos = lease.dividedBy(2).toNanos();
    this.nanoTime = nanoTime;
  }

  /** The subtree, if it is known and still believed to be complete. */
  @Nullable CheckedSubtree get(BlobScope scope, Digest digest) {
    CheckedSubtree subtree = subtrees.getIfPresent(new Key(scope, digest));
    return subtree == null || subtree.trustedUntilNanos() - nanoTime.getAsLong() <= 0
        ? null
        : subtree;
  }

  void put(BlobScope scope, Digest digest, CheckedSubtree subtree) {
    subtrees.put(new Key(scope, digest), subtree);
  }

  /** Until when to believe what the store is asked for after this call. */
  long trustFromNow() {
    return nanoTime.getAsLong() + trustNanos;
  }

  /** Believes nothing any more: the store has lost what it held. */
  void clear() {
    subtrees.invalidateAll();
  }
}
