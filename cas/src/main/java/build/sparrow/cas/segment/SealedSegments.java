package build.sparrow.cas.segment;

import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Seals segments, reads their directories again, and keeps in them when records were used. */
final class SealedSegments {
  private final OffHeapIndex index;
  private final KeyHasher hasher;
  private final StoreTime time;

  SealedSegments(OffHeapIndex index, KeyHasher hasher, StoreTime time) {
    this.index = index;
    this.hasher = hasher;
    this.time = time;
  }

  /**
   * Writes the footer of a segment that gets no more records.
   *
   * @param dataEnd where its records end
   * @return the length of the file
   */
  long seal(Segment segment, DiskFile file, SegmentDirectory directory, long dataEnd)
      throws IOException {
    // What a failed write or an older footer left would stand where the footer is looked for.
    file.truncate(dataEnd);
    // Else the footer could outlive a power cut that the records did not.
    file.sync();
    int now = time.now();
    SegmentFooter.write(file, directory, uses(segment, directory), dataEnd, now, segment.salt());
    file.sync();
    segment.sealed(now, dataEnd);
    return dataEnd + SegmentFooter.bytes(directory.count());
  }

  private int[] uses(Segment segment, SegmentDirectory directory) {
    int[] uses = new int[directory.count()];
    for (int i = 0; i < uses.length; i++) {
      uses[i] = lastUse(segment, directory, i);
    }
    return uses;
  }

  /** When the record was last used, or {@link SegmentFooter#NOT_LIVE}. */
  int lastUse(Segment segment, SegmentDirectory directory, int i) {
    long location = OffHeapIndex.location(segment.id(), directory.offset(i));
    return index.lastUse(directory.key(i), location);
  }

  /**
   * What a segment holds.
   *
   * @param isComplete whether the segment's own directory says so; else it is what a scan found
   */
  record Listing(SegmentDirectory directory, boolean isComplete) {}

  /** Lists a sealed segment; null if its file is gone. */
  @Nullable Listing list(Segment segment) throws IOException {
    try (Segment.Lease lease = segment.lease()) {
      if (lease == null) {
        return null;
      }
      SegmentFooter footer = SegmentFooter.read(lease.file(), segment.salt());
      return footer != null
          ? new Listing(footer.directory(), true)
          : new Listing(SegmentScan.scan(lease.file(), segment.salt(), hasher).directory(), false);
    }
  }

  /** Writes down when the records of the segment were used, if that has changed. */
  void recordUses(Segment segment) throws IOException {
    if (segment.sealedAt() == 0 || !segment.hasNewUses()) {
      return;
    }
    segment.hasNewUses(false);
    try (Segment.Lease lease = segment.lease()) {
      SegmentFooter footer =
          lease == null ? null : SegmentFooter.read(lease.file(), segment.salt());
      if (lease != null && footer != null) {
        SegmentFooter.writeUses(lease.file(), footer.dataEnd(), uses(segment, footer.directory()));
        lease.file().sync();
      }
    }
  }
}
