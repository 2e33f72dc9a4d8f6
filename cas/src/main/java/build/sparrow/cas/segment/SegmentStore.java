package build.sparrow.cas.segment;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobTooLargeException;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.StoreUsage;
import build.sparrow.cas.disk.Disk;
import build.sparrow.cas.disk.FolderLock;
import build.sparrow.cas.disk.StoreClock;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder of segments: what the parts of the engine are, and how they stand together. */
final class SegmentStore implements Closeable {
  static final String TEMPORARY_SUFFIX = ".tmp";

  private static final Logger log = LoggerFactory.getLogger(SegmentStore.class);

  private static final int ROOM_AHEAD_SEGMENTS = 2;
  private static final Duration MIN_WINDOW = Duration.ofSeconds(1);
  private static final Duration UNLEASED_WINDOW = Duration.ofMinutes(5);

  private final FolderLock folderLock;
  private final SegmentSizes sizes;
  private final Durability durability;
  private final ZstdCodec zstd = new ZstdCodec();
  private final OffHeapIndex index;
  private final KeyHasher hasher;
  private final StoreTime time;
  private final DiskTrust trust;
  private final Room room;
  private final Segments segments;
  private final SealedSegments sealed;
  private final Records records;
  private final Syncer syncer;
  private final Heads heads;
  private final Eviction eviction;
  private final Scrub scrub;
  private final UseLog useLog;
  private final int windowSeconds;
  private int usesRecordedAt;

  /**
   * What a store is opened with.
   *
   * @param capacityBytes the most disk that it takes
   */
  record Options(long capacityBytes, Duration lease, Durability durability) {}

  private SegmentStore(
      FolderLock folderLock,
      Disk disk,
      Path folder,
      StoreClock clock,
      Options options,
      StoreFormat format,
      Recovery.Found found) {
    this.folderLock = folderLock;
    this.sizes = SegmentSizes.of(options.capacityBytes());
    this.durability = options.durability();
    this.windowSeconds = windowSeconds(options.lease());
    this.index = new OffHeapIndex(found.recordCount(), windowSeconds);
    this.hasher = new KeyHasher(format.secret());
    this.time = new StoreTime(clock, format.madeAt());
    this.trust = new DiskTrust(folder);
    this.room = new Room(disk, folder, sizes, time, options.lease(), trust);
    this.segments = new Segments(disk, folder, hasher, sizes, room);
    this.sealed = new SealedSegments(index, hasher, time);
    this.syncer = new Syncer(segments::syncNames, trust);
    this.useLog = new UseLog(disk, folder, room, syncer, segments::noteNewName);
    this.records = new Records(segments, index, hasher, time, useLog, zstd);
    LogHead small = new LogHead(segments, sizes, index, syncer, room, time);
    LogHead bulk = new LogHead(segments, sizes, index, syncer, room, time);
    this.heads = new Heads(small, bulk, sizes);
    this.eviction =
        new Eviction(
            segments,
            sealed,
            index,
            records,
            heads,
            syncer,
            time,
            (int) Math.min(options.lease().toSeconds(), Integer.MAX_VALUE / 4),
            windowSeconds);
    this.scrub = new Scrub(segments, sealed, records);
    this.usesRecordedAt = time.now();
    syncer.serve(List.of(small, bulk), this::seal);
    room.evictWith(eviction);
  }

  /** How far the use in a footer may lag behind the last one; a lease lasts that much longer. */
  private static int windowSeconds(Duration lease) {
    Duration part = lease.isZero() ? UNLEASED_WINDOW : lease.dividedBy(32);
    return (int) Math.max(MIN_WINDOW.toSeconds(), part.toSeconds());
  }

  /**
   * Opens the store in a folder that it has for itself, with what an earlier one left there.
   *
   * @throws IOException if the folder cannot be used, is in use, or is of another format
   */
  static SegmentStore open(Disk disk, Path folder, StoreClock clock, Options options)
      throws IOException {
    Files.createDirectories(folder);
    FolderLock folderLock = FolderLock.take(folder);
    SegmentStore opened = null;
    try {
      long startNanos = clock.nanoTime();
      Recovery.Found found = Recovery.look(disk, folder);
      StoreFormat format =
          StoreFormat.readOrMake(disk, folder, !found.ids().isEmpty(), clock.now());
      opened = new SegmentStore(folderLock, disk, folder, clock, options, format, found);
      opened.recover(found);
      log.atInfo()
          .addKeyValue("folder", folder)
          .addKeyValue("records", opened.index.count())
          .addKeyValue("segments", opened.segments.all().size())
          .addKeyValue("usedBytes", opened.room.claimedBytes())
          .addKeyValue("capacityBytes", options.capacityBytes())
          .addKeyValue("millis", (clock.nanoTime() - startNanos) / 1_000_000)
          .log("Opened the store");
      return opened;
    } catch (IOException | RuntimeException e) {
      if (opened != null) {
        opened.release();
      } else {
        folderLock.close();
      }
      throw e;
    }
  }

  private void recover(Recovery.Found found) throws IOException {
    new Recovery(segments, sealed, index, hasher, time, windowSeconds).load(found, eviction::add);
    useLog.replay(this::usedBefore);
    recordUses();
    try {
      // The capacity may have been lowered.
      room.shrink(0);
    } catch (IOException e) {
      log.atWarn().setCause(e).log("The store holds more than it may, all of it leased");
    }
  }

  private void usedBefore(IndexKey key, int loggedAt) {
    int lastUse = (int) Math.min(time.now(), loggedAt + (long) windowSeconds);
    long location = index.use(key, lastUse) & ~OffHeapIndex.FIRST_IN_WINDOW;
    Segment segment = segments.get(OffHeapIndex.segmentOf(location));
    if (segment != null) {
      segment.hasNewUses(true);
    }
  }

  private void seal(OpenSegment open) throws IOException {
    Segment segment = open.segment();
    if (open.directory().count() == 0) {
      segments.delete(segment);
      return;
    }
    long fileBytes = sealed.seal(segment, open.file(), open.directory(), open.tail());
    segments.settle(segment, fileBytes);
    if (segment.isLarge()) {
      open.file().close();
    }
    eviction.add(segment);
  }

  Records records() {
    return records;
  }

  KeyHasher hasher() {
    return hasher;
  }

  /** Decodes what is kept in frames. */
  ZstdCodec zstd() {
    return zstd;
  }

  Heads heads() {
    return heads;
  }

  SegmentSizes sizes() {
    return sizes;
  }

  int now() {
    return time.now();
  }

  /**
   * Takes the bytes of a record that come one after the other.
   *
   * @throws BlobTooLargeException if no amount of eviction could make room
   */
  RecordSink sink(RecordKey key, long storedBytes) throws IOException {
    checkFits(key, storedBytes);
    IndexKey indexKey = hasher.key(key);
    if (storedBytes <= sizes.smallBytes()) {
      return new MemorySink(heads, key, indexKey);
    }
    if (storedBytes <= sizes.largeBytes()) {
      return new ReservedSink(heads.bulk().reserve(key, indexKey, storedBytes), storedBytes);
    }
    return largeSink(key, indexKey, Codec.PLAIN, storedBytes);
  }

  /** Takes the frames of a large blob, which have no more bytes than it. */
  LargeSink largeFrames(RecordKey key) throws IOException {
    checkFits(key, key.digest().sizeBytes());
    return largeSink(key, hasher.key(key), Codec.ZSTD, key.digest().sizeBytes());
  }

  private LargeSink largeSink(RecordKey key, IndexKey indexKey, Codec codec, long mostBytes) {
    return new LargeSink(segments, index, syncer, room, time, key, indexKey, codec, mostBytes);
  }

  /** Throws BlobTooLargeException if no amount of eviction could make room. */
  void checkFits(RecordKey key, long storedBytes) throws BlobTooLargeException {
    long writableBytes = sizes.writableBytes();
    if (storedBytes > writableBytes || LargeSink.fileBytes(key, storedBytes) > writableBytes) {
      throw new BlobTooLargeException(key.digest(), writableBytes);
    }
  }

  /** Names everything of that kind that is held in these namespaces. */
  void list(RecordKind kind, Collection<BlobScope> scopes, BiConsumer<BlobScope, Digest> each)
      throws IOException {
    new Listing(segments, index, hasher, kind, scopes, each).run();
  }

  /** To be called after a write, before it is acknowledged. */
  void acknowledge() throws IOException {
    // It may have begun when the disk could still be trusted.
    trust.check();
    switch (durability) {
      case GROUPED -> {}
      case BEFORE_ACKNOWLEDGED -> syncer.sync();
    }
  }

  /** Makes durable what was written, and seals what is full. */
  void sync() throws IOException {
    syncer.sync();
  }

  Syncer syncer() {
    return syncer;
  }

  /** Makes room ahead of need, so that no write has to wait; writes uses down when it is time. */
  void upkeep() throws IOException {
    if (trust.fault().isPresent()) {
      return;
    }
    try {
      room.shrink(ROOM_AHEAD_SEGMENTS * sizes.segmentBytes());
    } catch (StoreFullException e) {
      // Who writes will hear of it.
    }
    useLog.flush();
    int now = time.now();
    if (now - usesRecordedAt >= windowSeconds) {
      usesRecordedAt = now;
      recordUses();
    }
  }

  private void recordUses() throws IOException {
    useLog.roll();
    for (Segment segment : segments.all()) {
      sealed.recordUses(segment);
    }
    useLog.forget();
  }

  /** Bytes that were copied instead of evicted. */
  long copiedBytes() {
    return eviction.copiedBytes();
  }

  Scrub scrub() {
    return scrub;
  }

  /** Whether the disk keeps what is written. */
  DiskTrust trust() {
    return trust;
  }

  /** How full the store is. */
  StoreUsage usage() {
    return new StoreUsage(
        room.claimedBytes(),
        sizes.capacityBytes(),
        index.count(),
        eviction.evictedCount(),
        records.corruptCount(),
        Duration.ofSeconds(eviction.retentionSeconds()),
        room.isReadOnly());
  }

  /** Seals what is open, writes down what is known in memory only, and gives the folder free. */
  @Override
  public void close() throws IOException {
    if (trust.fault().isPresent()) {
      // Whoever opens it next has to look at what is there, as after a crash.
      release();
      return;
    }
    try {
      heads.small().close();
      heads.bulk().close();
      syncer.sync();
      recordUses();
    } finally {
      release();
    }
  }

  /** Gives folder and memory free, and leaves on the disk what is there, as a crash does. */
  void release() throws IOException {
    try (folderLock) {
      segments.all().forEach(Segment::retire);
      useLog.close();
    } finally {
      index.close();
    }
  }
}
