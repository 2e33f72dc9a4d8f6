package build.sparrow.cas.segment;

import build.sparrow.cas.disk.DiskFile;
import build.sparrow.cas.zstd.MalformedZstdException;
import build.sparrow.cas.zstd.ZstdCodec;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds records and reads them, verified. What does not verify is taken out of the index there and
 * then, and is missing from then on.
 */
final class Records {
  private static final Logger log = LoggerFactory.getLogger(Records.class);

  private final Segments segments;
  private final OffHeapIndex index;
  private final KeyHasher hasher;
  private final StoreTime time;
  private final UseLog useLog;
  private final ZstdCodec zstd;
  private final AtomicLong corruptCount = new AtomicLong();

  /**
   * @param zstd decodes what is kept in frames
   */
  Records(
      Segments segments,
      OffHeapIndex index,
      KeyHasher hasher,
      StoreTime time,
      UseLog useLog,
      ZstdCodec zstd) {
    this.segments = segments;
    this.index = index;
    this.hasher = hasher;
    this.time = time;
    this.useLog = useLog;
    this.zstd = zstd;
  }

  /** Whether the record is held, which renews its lease. */
  boolean use(RecordKey key) {
    return use(hasher.key(key), time.now()) != 0;
  }

  /** Whether the record may be held; false if it surely is not. Renews no lease. */
  boolean mayHold(IndexKey key) {
    return index.mayHold(key);
  }

  /** As {@link #use(RecordKey)}, for who asks for many; returns the location, or 0. */
  long use(IndexKey key, int now) {
    long found = index.use(key, now);
    if ((found & OffHeapIndex.FIRST_IN_WINDOW) == 0) {
      return found;
    }
    long location = found & ~OffHeapIndex.FIRST_IN_WINDOW;
    Segment segment = segments.get(OffHeapIndex.segmentOf(location));
    if (segment != null) {
      segment.hasNewUses(true);
      noteUse(key, now);
    }
    return location;
  }

  private void noteUse(IndexKey key, int now) {
    try {
      useLog.used(key, now);
    } catch (IOException e) {
      // The lease holds all the same, unless the process dies within minutes.
      log.atWarn().setCause(e).log("Cannot log uses");
    }
  }

  /** A place of the log whose segment is kept readable until closed. */
  record Place(Segment segment, Segment.Lease lease, IndexKey indexKey, long location)
      implements AutoCloseable {
    DiskFile file() {
      return lease.file();
    }

    long offset() {
      return OffHeapIndex.offsetOf(location);
    }

    @Override
    public void close() {
      lease.close();
    }
  }

  /** Where the record is, which renews its lease; null if it is not held. The caller closes it. */
  @Nullable Place find(RecordKey key) throws IOException {
    IndexKey indexKey = hasher.key(key);
    while (true) {
      long location = use(indexKey, time.now());
      if (location == 0) {
        return null;
      }
      Segment segment = segments.get(OffHeapIndex.segmentOf(location));
      Segment.Lease lease = segment == null ? null : segment.lease();
      if (segment != null && lease != null) {
        return new Place(segment, lease, indexKey, location);
      }
      if (index.find(indexKey) == location
          && segments.get(OffHeapIndex.segmentOf(location)) == segment) {
        // Not evicted, which changes the index first: somebody else deleted the file.
        lose(indexKey, location, "Lost a record: the file of its segment is gone");
        return null;
      }
    }
  }

  /** The header of the record at that place; null if it is not there, and then lost. */
  @Nullable RecordHeader header(Place place, RecordKey key) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(RecordHeader.bytes(key.function()));
    try {
      place.file().read(bytes, place.offset());
    } catch (IOException e) {
      loseUnreadable(place, e);
      return null;
    }
    RecordHeader header = RecordHeader.decode(bytes.flip(), place.segment().salt());
    if (header == null || !header.key().equals(key)) {
      lose(place, "Lost a record: its header is corrupt", null);
      return null;
    }
    return header;
  }

  /** A record that is in memory whole, in the form in which it is on the disk. */
  record Stored(Codec codec, ByteString bytes) {}

  /** Reads a result; null if it is not held. */
  @Nullable ByteString readResult(RecordKey key) throws IOException {
    try (Place place = find(key)) {
      if (place == null) {
        return null;
      }
      RecordHeader header = header(place, key);
      Stored stored = header == null ? null : read(place, key, header.storedBytes());
      return stored == null ? null : stored.bytes();
    }
  }

  /** Reads a small blob as it is kept; null if it is not held. */
  @Nullable Stored readStored(RecordKey key) throws IOException {
    try (Place place = find(key)) {
      return place == null ? null : read(place, key, key.digest().sizeBytes());
    }
  }

  /** Reads a small blob; null if it is not held. */
  @Nullable ByteString readBlob(RecordKey key) throws IOException {
    try (Place place = find(key)) {
      if (place == null) {
        return null;
      }
      Stored stored = read(place, key, key.digest().sizeBytes());
      return stored == null ? null : decoded(place, key, stored);
    }
  }

  private @Nullable ByteString decoded(Place place, RecordKey key, Stored stored) {
    return switch (stored.codec()) {
      case PLAIN -> stored.bytes();
      case ZSTD -> {
        int sizeBytes = (int) key.digest().sizeBytes();
        try {
          ByteString blob = zstd.decompress(stored.bytes(), sizeBytes);
          if (blob.size() == sizeBytes) {
            yield blob;
          }
          lose(place, "Lost a record: it does not decode to its blob", null);
        } catch (MalformedZstdException e) {
          lose(place, "Lost a record: it does not decode to its blob", e);
        }
        yield null;
      }
    };
  }

  /**
   * @param mostBytes that the record may have
   */
  private @Nullable Stored read(Place place, RecordKey key, long mostBytes) throws IOException {
    int headerBytes = RecordHeader.bytes(key.function());
    long mostTableBytes = ChunkChecksums.tableBytes(mostBytes);
    ByteBuffer record = ByteBuffer.allocate((int) (headerBytes + mostBytes + mostTableBytes));
    try {
      place.file().read(record, place.offset());
    } catch (IOException e) {
      loseUnreadable(place, e);
      return null;
    }
    RecordHeader header = RecordHeader.decode(record.flip(), place.segment().salt());
    if (header == null || !header.key().equals(key) || !isWithin(record, header)) {
      lose(place, "Lost a record: its header is corrupt", null);
      return null;
    }
    int storedBytes = (int) header.storedBytes();
    int tableBytes = (int) ChunkChecksums.tableBytes(storedBytes);
    ByteBuffer payload = record.slice(headerBytes, storedBytes);
    ByteBuffer table = record.slice(headerBytes + storedBytes, tableBytes);
    if (!matches(payload.duplicate(), table, header.payloadChecksum())) {
      lose(place, "Lost a record: its bytes are corrupt", null);
      return null;
    }
    return new Stored(header.codec(), UnsafeByteOperations.unsafeWrap(payload));
  }

  private static boolean isWithin(ByteBuffer record, RecordHeader header) {
    long storedBytes = header.storedBytes();
    long tableBytes = ChunkChecksums.tableBytes(storedBytes);
    return storedBytes >= 0 && header.bytes() + storedBytes + tableBytes <= record.limit();
  }

  /** Takes a record out of the index that the disk does not give. */
  void loseUnreadable(Place place, IOException cause) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      // Nothing is wrong with the disk.
      throw cause;
    }
    lose(place, "Lost a record: it cannot be read", cause);
  }

  static boolean matches(ByteBuffer payload, ByteBuffer table, int payloadChecksum) {
    ChunkChecksums checksums = new ChunkChecksums(payload.remaining());
    checksums.update(payload);
    ByteBuffer computed = checksums.finish();
    return computed.equals(table) && checksums.payloadChecksum(computed) == payloadChecksum;
  }

  /** Takes a record out of the index that is not what it should be. */
  void lose(Place place, String why, @Nullable IOException cause) {
    if (index.remove(place.indexKey(), place.location())) {
      corruptCount.incrementAndGet();
      // Or it would be found again, and be lost again, after a restart.
      place.segment().hasNewUses(true);
      log.atWarn()
          .addKeyValue("file", place.segment().path())
          .addKeyValue("offset", place.offset())
          .setCause(cause)
          .log(why);
    }
  }

  private void lose(IndexKey key, long location, String why) {
    if (index.remove(key, location)) {
      corruptCount.incrementAndGet();
      log.atWarn()
          .addKeyValue("segment", OffHeapIndex.segmentOf(location))
          .addKeyValue("offset", OffHeapIndex.offsetOf(location))
          .log(why);
    }
  }

  /** Records that were lost since the store was opened, other than by eviction. */
  long corruptCount() {
    return corruptCount.get();
  }
}
