package build.sparrow.cas.segment;

import build.sparrow.cas.disk.DiskFile;

/** A segment that is written to; all but what is final is guarded by the lock of its head. */
final class OpenSegment {
  private static final int MAX_RECORDS = 1 << 18;

  private final Segment segment;
  private final DiskFile file;
  private final SegmentDirectory directory = new SegmentDirectory(16);
  private long tail = Segment.HEADER_BYTES;
  private int pending;

  OpenSegment(Segment segment, DiskFile file) {
    this.segment = segment;
    this.file = file;
  }

  Segment segment() {
    return segment;
  }

  DiskFile file() {
    return file;
  }

  SegmentDirectory directory() {
    return directory;
  }

  /** Where the next record goes. */
  long tail() {
    return tail;
  }

  /** Whether a record fits that comes after so many bytes and records that are not yet added. */
  boolean fits(long recordBytes, long unaddedBytes, int unaddedCount, long segmentBytes) {
    int count = directory.count() + pending + unaddedCount + 1;
    return count <= MAX_RECORDS
        && tail + unaddedBytes + recordBytes + SegmentFooter.bytes(count) <= segmentBytes;
  }

  /** Adds a record that was written at the tail; returns its location. */
  long add(IndexKey key, long recordBytes) {
    directory.add(key, tail, recordBytes);
    long location = OffHeapIndex.location(segment.id(), tail);
    tail += recordBytes;
    return location;
  }

  /** Takes room for a record that is filled later. */
  long reserve(long recordBytes) {
    long offset = tail;
    tail += recordBytes;
    pending++;
    return offset;
  }

  /** Adds a record that has been filled; returns its location. */
  long fill(IndexKey key, long offset, long recordBytes) {
    pending--;
    directory.add(key, offset, recordBytes);
    return OffHeapIndex.location(segment.id(), offset);
  }

  void abandon() {
    pending--;
  }

  boolean isSettled() {
    return pending == 0;
  }
}
