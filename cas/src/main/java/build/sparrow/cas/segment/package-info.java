/**
 * The engine: blobs and action results in append-only segment files, with an index in memory that
 * is off the heap.
 *
 * <p>{@link build.sparrow.cas.segment.SegmentedBlobStore} and {@link
 * build.sparrow.cas.segment.SegmentedActionCache} are the doors; both stand on a {@code
 * SegmentStore}, which appends records at {@code LogHead}s, finds them by an {@code OffHeapIndex},
 * makes them durable with a {@code Syncer} and drops whole segments by {@code Eviction}. The design
 * page {@code docs/design/storage.md} has the format and what is promised.
 */
@NullMarked
package build.sparrow.cas.segment;

import org.jspecify.annotations.NullMarked;
