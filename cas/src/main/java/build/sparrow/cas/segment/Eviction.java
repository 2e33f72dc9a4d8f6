package build.sparrow.cas.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops whole segments, the oldest first. What was used since its segment was sealed is copied to
 * the log's end, within bounds; what is leased always is. For one thread at a time: whoever has the
 * lock of {@link Room}.
 */
final class Eviction implements Room.Evictor {
  private static final Logger log = LoggerFactory.getLogger(Eviction.class);

  /** Of a segment, so much may be copied because it was used; the least recently used is not. */
  private static final int SECOND_CHANCE_PERCENT = 25;

  /** If more of a segment is leased, another one is looked for. */
  private static final int CHEAP_PERCENT = 25;

  /** If more of a segment is leased, dropping it wins too little for what it costs. */
  private static final int POSSIBLE_PERCENT = 90;

  private static final int COPY_BATCH_BYTES = 4 << 20;

  private final Segments segments;
  private final SealedSegments sealed;
  private final OffHeapIndex index;
  private final Records records;
  private final Heads heads;
  private final Syncer syncer;
  private final StoreTime time;
  private final int leaseSeconds;
  private final int windowSeconds;

  private record Candidate(int age, Segment segment) {}

  private final ConcurrentLinkedQueue<Candidate> arrivals = new ConcurrentLinkedQueue<>();
  private final TreeSet<Candidate> order =
      new TreeSet<>(
          Comparator.comparingInt(Candidate::age)
              .thenComparingInt(candidate -> candidate.segment().id()));

  private final AtomicLong evictedCount = new AtomicLong();
  private final AtomicLong copiedBytes = new AtomicLong();
  private volatile int retentionSeconds;

  Eviction(
      Segments segments,
      SealedSegments sealed,
      OffHeapIndex index,
      Records records,
      Heads heads,
      Syncer syncer,
      StoreTime time,
      int leaseSeconds,
      int windowSeconds) {
    this.segments = segments;
    this.sealed = sealed;
    this.index = index;
    this.records = records;
    this.heads = heads;
    this.syncer = syncer;
    this.time = time;
    this.leaseSeconds = leaseSeconds;
    this.windowSeconds = windowSeconds;
  }

  /** Told of a sealed segment, which may go from now on. */
  void add(Segment segment) {
    arrivals.add(new Candidate(segment.sealedAt(), segment));
  }

  long evictedCount() {
    return evictedCount.get();
  }

  /** Bytes that were copied instead of dropped. */
  long copiedBytes() {
    return copiedBytes.get();
  }

  /** How long what was evicted last had not been used, at least; 0 if nothing was. */
  int retentionSeconds() {
    return retentionSeconds;
  }

  @Override
  public boolean evictOne() throws IOException {
    takeArrivals();
    int now = time.now();
    Candidate dearer = null;
    Candidate candidate = order.isEmpty() ? null : order.first();
    while (candidate != null) {
      Segment segment = candidate.segment();
      Candidate following = order.higher(candidate);
      if (segment.isLarge()) {
        if (evictLarge(candidate, now)) {
          return true;
        }
      } else if (now >= segment.cheapAt()) {
        survey(segment, now);
        if (now >= segment.cheapAt() && evictPacked(candidate, now)) {
          return true;
        }
      }
      if (dearer == null && !segment.isLarge() && now >= segment.possibleAt()) {
        dearer = candidate;
      }
      candidate = following;
    }
    // A segment that is full but not sealed holds more room than it needs, and cannot go itself.
    return (dearer != null && evictPacked(dearer, now)) || syncer.sealFull();
  }

  private void takeArrivals() {
    for (Candidate next = arrivals.poll(); next != null; next = arrivals.poll()) {
      order.add(next);
    }
  }

  private boolean isLeased(int lastUse, int now) {
    // Times are cut to the second.
    return leaseSeconds > 0 && now - lastUse <= leaseSeconds;
  }

  /** Drops a large record, or puts it where its last use belongs in the order. */
  private boolean evictLarge(Candidate candidate, int now) throws IOException {
    Segment segment = candidate.segment();
    IndexKey key = segment.largeKey();
    long location = OffHeapIndex.location(segment.id(), Segment.HEADER_BYTES);
    int lastUse = index.lastUse(key, location);
    if (lastUse > candidate.age() || (lastUse >= 0 && isLeased(lastUse, now))) {
      order.remove(candidate);
      order.add(new Candidate(lastUse, segment));
      return false;
    }
    if (lastUse >= 0) {
      if (!index.removeIf(key, location, use -> !isLeased(use, now))) {
        return false;
      }
      evicted(1, now - lastUse);
    }
    drop(candidate);
    return true;
  }

  private void evicted(int count, int ageSeconds) {
    evictedCount.addAndGet(count);
    retentionSeconds = ageSeconds;
  }

  private void drop(Candidate candidate) throws IOException {
    order.remove(candidate);
    segments.delete(candidate.segment());
  }

  /** Finds out when dropping the segment will be cheap, and when possible at all. */
  private void survey(Segment segment, int now) throws IOException {
    SealedSegments.Listing listing = leaseSeconds == 0 ? null : sealed.list(segment);
    if (listing == null) {
      segment.surveyed(0, 0);
      return;
    }
    SegmentDirectory directory = listing.directory();
    // Bytes by the time when their lease ends.
    LeaseProfile leased = new LeaseProfile(now, leaseSeconds);
    for (int i = 0; i < directory.count(); i++) {
      int lastUse = sealed.lastUse(segment, directory, i);
      if (lastUse >= 0 && isLeased(lastUse, now)) {
        leased.add(lastUse, directory.recordBytes(i));
      }
    }
    long bytes = segment.dataEnd();
    segment.surveyed(
        leased.whenAtMost(bytes * CHEAP_PERCENT / 100),
        leased.whenAtMost(bytes * POSSIBLE_PERCENT / 100));
  }

  private record Kept(int entry, int lastUse) {}

  private boolean evictPacked(Candidate candidate, int now) throws IOException {
    Segment segment = candidate.segment();
    SealedSegments.Listing listing = sealed.list(segment);
    if (listing != null) {
      List<Kept> kept = dropUnused(segment, listing.directory(), now);
      if (!kept.isEmpty() && !copy(segment, listing.directory(), kept)) {
        return false;
      }
    }
    // Where the directory is damaged, the index may hold more than it names.
    if (listing == null || !listing.isComplete()) {
      evictedCount.addAndGet(index.removeSegment(segment.id()));
    }
    drop(candidate);
    return true;
  }

  /** Takes what is not worth to be kept out of the index; returns what is to be copied. */
  private List<Kept> dropUnused(Segment segment, SegmentDirectory directory, int now) {
    List<Kept> kept = new ArrayList<>();
    List<Kept> used = new ArrayList<>();
    int youngest = Integer.MAX_VALUE;
    int count = 0;
    for (int i = 0; i < directory.count(); i++) {
      int lastUse = sealed.lastUse(segment, directory, i);
      if (lastUse < 0) {
        continue;
      }
      if (isLeased(lastUse, now)) {
        kept.add(new Kept(i, lastUse));
      } else if (lastUse > segment.sealedAt() + windowSeconds) {
        used.add(new Kept(i, lastUse));
      } else if (remove(segment, directory, i, now)) {
        youngest = Math.min(youngest, now - lastUse);
        count++;
      } else {
        kept.add(new Kept(i, now));
      }
    }
    long chanceBytes = segment.dataEnd() * SECOND_CHANCE_PERCENT / 100;
    for (Kept leased : kept) {
      chanceBytes -= directory.recordBytes(leased.entry());
    }
    used.sort(Comparator.comparingInt(Kept::lastUse).reversed());
    for (Kept one : used) {
      chanceBytes -= directory.recordBytes(one.entry());
      if (chanceBytes >= 0 || !remove(segment, directory, one.entry(), now)) {
        kept.add(one);
      } else {
        youngest = Math.min(youngest, now - one.lastUse());
        count++;
      }
    }
    if (count > 0) {
      evicted(count, youngest);
    }
    kept.sort(Comparator.comparingInt(Kept::entry));
    return kept;
  }

  /** Takes one out of the index; false if it has been used meanwhile, and is leased by that. */
  private boolean remove(Segment segment, SegmentDirectory directory, int entry, int now) {
    long location = OffHeapIndex.location(segment.id(), directory.offset(entry));
    return index.removeIf(directory.key(entry), location, use -> !isLeased(use, now));
  }

  /** Appends copies; false if there was no room for them, and the segment has to stay. */
  private boolean copy(Segment segment, SegmentDirectory directory, List<Kept> kept)
      throws IOException {
    try (Segment.Lease lease = segment.lease()) {
      if (lease == null) {
        return true;
      }
      List<NewRecord> batch = new ArrayList<>();
      long batchBytes = 0;
      for (Kept one : kept) {
        NewRecord record = read(segment, lease, directory, one.entry());
        if (record != null) {
          batch.add(record);
          batchBytes += record.recordBytes();
        }
        if (batchBytes >= COPY_BATCH_BYTES) {
          heads.copy(batch);
          batch.clear();
          copiedBytes.addAndGet(batchBytes);
          batchBytes = 0;
        }
      }
      heads.copy(batch);
      copiedBytes.addAndGet(batchBytes);
      // The copies must be durable before what they were made from goes.
      syncer.sync();
      return true;
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("file", segment.path())
          .setCause(e)
          .log("Cannot make room: what is leased could not be copied");
      return false;
    }
  }

  private @Nullable NewRecord read(
      Segment segment, Segment.Lease lease, SegmentDirectory directory, int entry) {
    long offset = directory.offset(entry);
    long location = OffHeapIndex.location(segment.id(), offset);
    IndexKey key = directory.key(entry);
    Records.Place place = new Records.Place(segment, lease, key, location);
    try {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(directory.recordBytes(entry)));
      lease.file().read(bytes, offset);
      RecordHeader header = RecordHeader.decode(bytes.flip(), segment.salt());
      if (header != null && header.recordBytes() == bytes.limit()) {
        int payloadBytes = Math.toIntExact(header.storedBytes());
        ByteBuffer payload = bytes.slice(header.bytes(), payloadBytes);
        int tableBytes = Math.toIntExact(ChunkChecksums.tableBytes(payloadBytes));
        ByteBuffer table = bytes.slice(header.bytes() + payloadBytes, tableBytes);
        if (Records.matches(payload.duplicate(), table, header.payloadChecksum())) {
          return new NewRecord(key, header, List.of(payload), table, location);
        }
      }
      records.lose(place, "Lost a record: it is corrupt", null);
    } catch (IOException e) {
      records.lose(place, "Lost a record: it cannot be read", e);
    }
    return null;
  }
}
