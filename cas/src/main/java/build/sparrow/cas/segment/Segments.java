package build.sparrow.cas.segment;

import build.sparrow.cas.disk.Disk;
import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** All segments of a store, and the files that they are. */
final class Segments {
  private final Disk disk;
  private final Path folder;
  private final KeyHasher hasher;
  private final SegmentSizes sizes;
  private final Room room;
  private final ConcurrentHashMap<Integer, Segment> byId = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();
  private volatile boolean hasNewNames;

  Segments(Disk disk, Path folder, KeyHasher hasher, SegmentSizes sizes, Room room) {
    this.disk = disk;
    this.folder = folder;
    this.hasher = hasher;
    this.sizes = sizes;
    this.room = room;
  }

  @Nullable Segment get(int id) {
    return byId.get(id);
  }

  Collection<Segment> all() {
    return byId.values();
  }

  /** Takes in a segment that an earlier process left. */
  Segment found(int id) throws IOException {
    Segment segment = new Segment(id, hasher.segmentSalt(id), disk, folder);
    DiskFile file = disk.open(segment.path());
    segment.opened(file);
    segment.claimed(file.size());
    room.claimReserved(segment.claimedBytes());
    byId.put(id, segment);
    lastId.accumulateAndGet(id, Math::max);
    return segment;
  }

  /**
   * Starts a segment for many records, with all the room that it may take.
   *
   * @param isReserve whether it is for eviction, which has room of its own
   */
  OpenSegment start(boolean isReserve) throws IOException {
    if (isReserve) {
      room.claimReserved(sizes.segmentBytes());
    } else {
      room.checkVolume();
      room.claim(sizes.segmentBytes());
    }
    Segment segment = next();
    try {
      DiskFile file = disk.create(segment.path());
      segment.opened(file);
      segment.claimed(sizes.segmentBytes());
      Segment.writeHeader(file);
      byId.put(segment.id(), segment);
      hasNewNames = true;
      return new OpenSegment(segment, file);
    } catch (IOException e) {
      room.release(sizes.segmentBytes());
      segment.retire();
      disk.delete(segment.path());
      throw e;
    }
  }

  private Segment next() {
    int id = lastId.incrementAndGet();
    return new Segment(id, hasher.segmentSalt(id), disk, folder);
  }

  /** A segment for one large record, which has no file yet. */
  Segment nextLarge(IndexKey key) {
    Segment segment = next();
    segment.largeKey(key);
    return segment;
  }

  /** Starts the file of a large record, under a name that nobody finds. */
  DiskFile startLarge(Segment segment) throws IOException {
    DiskFile file = disk.create(temporary(segment));
    try {
      Segment.writeHeader(file);
      return file;
    } catch (IOException e) {
      file.close();
      disk.delete(temporary(segment));
      throw e;
    }
  }

  private Path temporary(Segment segment) {
    return folder.resolve(segment.path().getFileName() + SegmentStore.TEMPORARY_SUFFIX);
  }

  /** Gives the file of a large record its name. */
  void publishLarge(Segment segment, long claimedBytes) throws IOException {
    disk.rename(temporary(segment), segment.path());
    segment.claimed(claimedBytes);
    byId.put(segment.id(), segment);
    hasNewNames = true;
  }

  /** Drops what was written of a large record. */
  void dropLarge(Segment segment) throws IOException {
    disk.delete(temporary(segment));
  }

  /** Told of a name in the folder that is not durable yet. */
  void noteNewName() {
    hasNewNames = true;
  }

  /** Makes the names durable that segments got since the last call. */
  void syncNames() throws IOException {
    if (hasNewNames) {
      hasNewNames = false;
      disk.syncFolder(folder);
    }
  }

  /** Deletes a segment, and gives its room back; who reads it reads on. */
  void delete(Segment segment) throws IOException {
    if (byId.remove(segment.id(), segment)) {
      segment.retire();
      disk.delete(segment.path());
      room.release(segment.claimedBytes());
    }
  }

  /** Gives back what a segment has claimed beyond its length. */
  void settle(Segment segment, long fileBytes) {
    room.release(segment.claimedBytes() - fileBytes);
    segment.claimed(fileBytes);
  }
}
