package build.sparrow.cas.segment;

import build.sparrow.cas.CasLimits;

/**
 * How large the parts of a store are; all follow from its capacity.
 *
 * @param segmentBytes the most bytes of one segment of many records
 * @param smallBytes a record up to that is held in memory until it is whole
 * @param largeBytes a record beyond that has a segment of its own
 */
record SegmentSizes(long capacityBytes, long segmentBytes, int smallBytes, int largeBytes) {
  private static final int SEGMENTS = 256;
  private static final long MIN_SEGMENT_BYTES = 64 << 10;
  // Places within a segment are counted in 64 bytes, with 24 bits.
  private static final long MAX_SEGMENT_BYTES = 1 << 30;
  private static final int MAX_SMALL_BYTES = 64 << 10;
  // A file of its own costs a tenth more than appending so much, and half more for a quarter of it.
  private static final int MAX_LARGE_BYTES = CasLimits.MAX_BATCH_BYTES;

  /** Segments that are never filled with new records, so that eviction has where to copy to. */
  private static final int RESERVED_SEGMENTS = 2;

  /** The least capacity: below, heads and reserve would leave little for what is held. */
  static final long MIN_CAPACITY_BYTES = 12 * MIN_SEGMENT_BYTES;

  static SegmentSizes of(long capacityBytes) {
    if (capacityBytes < MIN_CAPACITY_BYTES) {
      throw new IllegalArgumentException(
          "capacity is %d bytes; give at least %d".formatted(capacityBytes, MIN_CAPACITY_BYTES));
    }
    long segmentBytes = Math.clamp(capacityBytes / SEGMENTS, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
    int largeBytes = (int) Math.min(MAX_LARGE_BYTES, segmentBytes / 4);
    int smallBytes = Math.min(MAX_SMALL_BYTES, largeBytes / 4);
    return new SegmentSizes(capacityBytes, segmentBytes, smallBytes, largeBytes);
  }

  /** Room that only eviction may take. */
  long reservedBytes() {
    return RESERVED_SEGMENTS * segmentBytes;
  }

  /** Room for what is written from outside. */
  long writableBytes() {
    return capacityBytes - reservedBytes();
  }
}
