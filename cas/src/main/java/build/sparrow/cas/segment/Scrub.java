package build.sparrow.cas.segment;

import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.zstd.MalformedZstdException;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.cas.zstd.ZstdDecoder;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
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
  // Its own: readers must not keep it from going on.
  private final ZstdCodec zstd = new ZstdCodec();
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

  private boolean isRight(Records.Place place, long recordBytes) throws IOException {
    RecordHeader header = header(place, recordBytes);
    if (header == null) {
      return false;
    }
    try {
      return header.key().kind() == RecordKind.BLOB
          ? isBlob(place, header)
          : read(place, header, _ -> {});
    } catch (DigestMismatchException | MalformedZstdException e) {
      return false;
    }
  }

  private boolean isBlob(Records.Place place, RecordHeader header) throws IOException {
    Verification verification = new Verification(header.key());
    boolean isWhole =
        switch (header.codec()) {
          case PLAIN -> read(place, header, piece -> piece.writeTo(verification));
          case ZSTD -> decode(place, header, verification);
        };
    if (isWhole) {
      verification.finish();
    }
    return isWhole;
  }

  private boolean decode(Records.Place place, RecordHeader header, OutputStream blob)
      throws IOException {
    try (ZstdDecoder decoder = zstd.decoder(header.key().digest().sizeBytes(), blob)) {
      boolean isWhole = read(place, header, decoder::write);
      if (isWhole) {
        decoder.finish();
      }
      return isWhole;
    }
  }

  /** Takes the payload, piece by piece. */
  @FunctionalInterface
  private interface Reader {
    void take(ByteString piece) throws IOException;
  }

  /** Reads the payload; false if it is not what its checksums say. */
  private static boolean read(Records.Place place, RecordHeader header, Reader reader)
      throws IOException {
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
      reader.take(UnsafeByteOperations.unsafeWrap(chunk, 0, length));
      at += length;
      left -= length;
    }
    ByteBuffer computed = checksums.finish();
    ByteBuffer table = ByteBuffer.allocate(computed.remaining());
    place.file().read(table, at);
    return table.flip().equals(computed)
        && checksums.payloadChecksum(computed) == header.payloadChecksum();
  }

  private static @Nullable RecordHeader header(Records.Place place, long recordBytes)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(RecordHeader.MAX_BYTES);
    place.file().read(bytes, place.offset());
    RecordHeader header = RecordHeader.decode(bytes.flip(), place.segment().salt());
    return header != null && header.recordBytes() == recordBytes ? header : null;
  }
}
