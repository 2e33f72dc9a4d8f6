package build.sparrow.cas.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where records of one class are appended: one open segment, and those that are full but not yet
 * sealed.
 *
 * <p>Records are written and found in the same order, under one lock, so that of two with the same
 * key the one that lies further on is the newer. Whoever needs a new segment takes the lock of
 * rolling first and the lock of the head only when room has been found, because finding room may
 * evict, and evicting appends.
 */
final class LogHead {
  private final Segments segments;
  private final SegmentSizes sizes;
  private final OffHeapIndex index;
  private final Syncer syncer;
  private final Room room;
  private final StoreTime time;

  private final ReentrantLock rolling = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private @Nullable OpenSegment open;
  private final List<OpenSegment> full = new ArrayList<>();
  private final GatheredWrite gathered = new GatheredWrite();
  private final ByteBuffer headerBytes = ByteBuffer.allocateDirect(RecordHeader.MAX_BYTES);

  LogHead(
      Segments segments,
      SegmentSizes sizes,
      OffHeapIndex index,
      Syncer syncer,
      Room room,
      StoreTime time) {
    this.segments = segments;
    this.sizes = sizes;
    this.index = index;
    this.syncer = syncer;
    this.room = room;
    this.time = time;
  }

  /** Appends records that came from outside; those that are held already are left out. */
  void append(List<NewRecord> records) throws IOException {
    room.checkWritable();
    try {
      append(records, false);
    } catch (IOException e) {
      throw room.explained(e);
    }
    room.wrote();
  }

  /** Appends copies of records that have not moved meanwhile; for eviction. */
  void copy(List<NewRecord> records) throws IOException {
    append(records, true);
  }

  private void append(List<NewRecord> records, boolean isCopy) throws IOException {
    int done = 0;
    while (true) {
      lock.lock();
      try {
        if (open != null) {
          done = appendWhatFits(open, records, done);
        }
        if (done == records.size()) {
          return;
        }
        closeOpen();
      } finally {
        lock.unlock();
      }
      roll(isCopy);
    }
  }

  /** Returns the first record that did not fit. */
  private int appendWhatFits(OpenSegment segment, List<NewRecord> records, int from)
      throws IOException {
    List<NewRecord> taken = new ArrayList<>(records.size() - from);
    long takenBytes = 0;
    int next = from;
    try {
      gathered.begin(segment);
      for (; next < records.size(); next++) {
        NewRecord record = records.get(next);
        if (isUnneeded(record)) {
          continue;
        }
        if (!segment.fits(record.recordBytes(), takenBytes, taken.size(), sizes.segmentBytes())) {
          break;
        }
        gathered.put(record);
        taken.add(record);
        takenBytes += record.recordBytes();
      }
      gathered.flush();
    } catch (IOException e) {
      // What was half written must not come to stand behind what is written next.
      closeOpen();
      throw e;
    }
    for (NewRecord record : taken) {
      find(record, segment.add(record.indexKey(), record.recordBytes()));
    }
    syncer.wrote(segment.file(), takenBytes);
    return next;
  }

  private boolean isUnneeded(NewRecord record) {
    if (record.movedFrom() != 0) {
      return index.find(record.indexKey()) != record.movedFrom();
    }
    // A result replaces the one before it; a blob is what it is.
    return record.header().key().kind() == RecordKind.BLOB
        && index.use(record.indexKey(), time.now()) != 0;
  }

  private void find(NewRecord record, long location) {
    if (record.movedFrom() != 0) {
      index.move(record.indexKey(), record.movedFrom(), location);
    } else {
      index.put(record.indexKey(), location, time.now());
    }
  }

  private void closeOpen() {
    if (open != null) {
      full.add(open);
      open = null;
      syncer.wake();
    }
  }

  private void roll(boolean isCopy) throws IOException {
    if (isCopy) {
      install(segments.start(true));
      return;
    }
    rolling.lock();
    try {
      if (!isOpen()) {
        install(segments.start(false));
      }
    } finally {
      rolling.unlock();
    }
  }

  private boolean isOpen() {
    lock.lock();
    try {
      return open != null;
    } finally {
      lock.unlock();
    }
  }

  private void install(OpenSegment started) throws IOException {
    lock.lock();
    try {
      if (open == null) {
        open = started;
        return;
      }
    } finally {
      lock.unlock();
    }
    // Eviction and a writer rolled at the same time.
    segments.delete(started.segment());
  }

  /** A place in the log that an upload fills as its bytes come. */
  final class Reservation {
    private final OpenSegment segment;
    private final RecordKey key;
    private final IndexKey indexKey;
    private final long offset;
    private final long storedBytes;
    private long position;

    private Reservation(
        OpenSegment segment, RecordKey key, IndexKey indexKey, long offset, long storedBytes) {
      this.segment = segment;
      this.key = key;
      this.indexKey = indexKey;
      this.offset = offset;
      this.storedBytes = storedBytes;
      this.position = offset + RecordHeader.bytes(key.function());
    }

    /** Writes the next bytes of the payload, or the checksums behind it. */
    void write(ByteBuffer bytes) throws IOException {
      int count = bytes.remaining();
      try {
        segment.file().write(bytes, position);
      } catch (IOException e) {
        throw room.explained(e);
      }
      position += count;
    }

    /** Makes the record one that is found. */
    void commit(int payloadChecksum) throws IOException {
      RecordHeader header = new RecordHeader(key, Codec.PLAIN, storedBytes, payloadChecksum);
      ByteBuffer bytes = ByteBuffer.allocate(RecordHeader.MAX_BYTES);
      header.encode(bytes, segment.segment().salt());
      try {
        segment.file().write(bytes.flip(), offset);
      } catch (IOException e) {
        throw room.explained(e);
      }
      lock.lock();
      try {
        index.put(indexKey, segment.fill(indexKey, offset, header.recordBytes()), time.now());
      } finally {
        lock.unlock();
      }
      syncer.wrote(segment.file(), header.recordBytes());
      room.wrote();
    }

    /** Leaves the place empty. */
    void abandon() {
      lock.lock();
      try {
        segment.abandon();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Takes a place for a record that comes piece by piece. */
  Reservation reserve(RecordKey key, IndexKey indexKey, long storedBytes) throws IOException {
    room.checkWritable();
    try {
      while (true) {
        lock.lock();
        try {
          if (open != null) {
            Reservation reservation = reserveIfFits(open, key, indexKey, storedBytes);
            if (reservation != null) {
              return reservation;
            }
          }
          closeOpen();
        } finally {
          lock.unlock();
        }
        roll(false);
      }
    } catch (IOException e) {
      throw room.explained(e);
    }
  }

  private @Nullable Reservation reserveIfFits(
      OpenSegment segment, RecordKey key, IndexKey indexKey, long storedBytes) throws IOException {
    RecordKey pending =
        new RecordKey(RecordKind.PENDING, key.scope(), key.function(), key.digest());
    RecordHeader header = new RecordHeader(pending, Codec.PLAIN, storedBytes, 0);
    if (!segment.fits(header.recordBytes(), 0, 0, sizes.segmentBytes())) {
      return null;
    }
    headerBytes.clear();
    header.encode(headerBytes, segment.segment().salt());
    try {
      segment.file().write(headerBytes.flip(), segment.tail());
    } catch (IOException e) {
      closeOpen();
      throw e;
    }
    long offset = segment.reserve(header.recordBytes());
    return new Reservation(segment, key, indexKey, offset, storedBytes);
  }

  /** Hands over the segments that are full and have no upload in them any more. */
  List<OpenSegment> takeSettled() {
    lock.lock();
    try {
      List<OpenSegment> settled = full.stream().filter(OpenSegment::isSettled).toList();
      full.removeAll(settled);
      return settled;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the open segment, so that it is sealed with the next sync. */
  void close() {
    lock.lock();
    try {
      closeOpen();
    } finally {
      lock.unlock();
    }
  }
}
