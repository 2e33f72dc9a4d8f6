package build.sparrow.cas.segment;

import build.sparrow.reapi.Hasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all that is held again and hashes it, so that what the disk has lost is found before
 * somebody wants it. What does not match is missing from then on.
 */
final class Scrub {
  private static final Logger log = LoggerFactory.getLogger(Scrub.class);

  private final Segments segments;
  private final SealedSegments sealed;
  private final Records records;
  private final AtomicLong verifiedBytes = new AtomicLong();

  /** Waits as long as so many bytes may take; false to stop. */
  @FunctionalInterface
  interface Pace {
    boolean mayGoOn(long bytes) throws InterruptedException;
  }

  Scrub(Segments segments, SealedSegments sealed, Records records) {
    this.segments = segments;
    this.sealed = sealed;
    this.records = records;
  }

  /** Bytes that were read and hashed since the store was opened. */
  long verifiedBytes() {
    return verifiedBytes.get();
  }

  /** Verifies all sealed segments once. */
  void pass(Pace pace) throws IOException, InterruptedException {
    List<Segment> all =
        segments.all().stream()
            .filter(segment -> segment.sealedAt() > 0)
            .sorted(Comparator.comparingInt(Segment::id))
            .toList();
    for (Segment segment : all) {
      if (!verify(segment, pace)) {
        return;
      }
    }
    log.atDebug().addKeyValue("segments", all.size()).log("Verified all that is held");
  }

  private boolean verify(Segment segment, Pace pace) throws IOException, InterruptedException {
    SealedSegments.Listing listing = sealed.list(segment);
    if (listing == null) {
      return true;
    }
    SegmentDirectory directory = listing.directory();
    for (int i = 0; i < directory.count(); i++) {
      if (sealed.lastUse(segment, directory, i) < 0) {
        continue;
      }
      long recordBytes = directory.recordBytes(i);
      try (Segment.Lease lease = segment.lease()) {
        if (lease == null) {
          return true;
        }
        long location = OffHeapIndex.location(segment.id(), directory.offset(i));
        Records.Place place = new Records.Place(segment, lease, directory.key(i), location);
        if (!isRight(place, recordBytes)) {
          records.lose(place, "Lost a record: the scrub found it corrupt", null);
        }
      }
      verifiedBytes.addAndGet(recordBytes);
      if (!pace.mayGoOn(recordBytes)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRight(Records.Place place, long recordBytes) throws IOException {
    RecordHeader header = header(place, recordBytes);
    if (header == null) {
      return false;
    }
    boolean isBlob = header.key().kind() == RecordKind.BLOB;
    Hasher hasher = header.key().function().newHasher();
    ChunkChecksums checksums = new ChunkChecksums(header.storedBytes());
    byte[] chunk = new byte[(int) Math.min(ChunkChecksums.CHUNK_BYTES, header.storedBytes())];
    long at = place.offset() + header.bytes();
    long left = header.storedBytes();
    while (left > 0) {
      int length = (int) Math.min(chunk.length, left);
      if (place.file().read(ByteBuffer.wrap(chunk, 0, length), at) < length) {
        return false;
      }
      checksums.update(ByteBuffer.wrap(chunk, 0, length));
      hasher.update(chunk, 0, length);
      at += length;
      left -= length;
    }
    ByteBuffer computed = checksums.finish();
    ByteBuffer table = ByteBuffer.allocate(computed.remaining());
    place.file().read(table, at);
    return table.flip().equals(computed)
        && checksums.payloadChecksum(computed) == header.payloadChecksum()
        && (!isBlob || hasher.hex().equals(header.key().digest().hash()));
  }

  private static @Nullable RecordHeader header(Records.Place place, long recordBytes)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(RecordHeader.MAX_BYTES);
    place.file().read(bytes, place.offset());
    RecordHeader header = RecordHeader.decode(bytes.flip(), place.segment().salt());
    return header != null && header.recordBytes() == recordBytes ? header : null;
  }
}
