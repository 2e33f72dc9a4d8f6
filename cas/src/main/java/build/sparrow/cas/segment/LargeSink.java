package build.sparrow.cas.segment;

import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a large record to a segment of its own, which gets its name when it is whole. Room is
 * claimed as bytes come, so that an upload that was only announced costs nobody anything.
 */
final class LargeSink implements RecordSink {
  private static final long CLAIM_BYTES = 1 << 20;

  private final Segments segments;
  private final OffHeapIndex index;
  private final Syncer syncer;
  private final Room room;
  private final StoreTime time;
  private final RecordKey key;
  private final IndexKey indexKey;
  private final long sizeBytes;
  private final ChunkChecksums checksums;
  private @Nullable Segment segment;
  private @Nullable DiskFile file;
  private long position;
  private long claimedBytes;

  LargeSink(
      Segments segments,
      OffHeapIndex index,
      Syncer syncer,
      Room room,
      StoreTime time,
      RecordKey key,
      IndexKey indexKey,
      long sizeBytes) {
    this.segments = segments;
    this.index = index;
    this.syncer = syncer;
    this.room = room;
    this.time = time;
    this.key = key;
    this.indexKey = indexKey;
    this.sizeBytes = sizeBytes;
    this.checksums = new ChunkChecksums(sizeBytes);
    this.position = (long) Segment.HEADER_BYTES + RecordHeader.bytes(key.function());
  }

  /** What the file of a large record takes. */
  static long fileBytes(RecordKey key, long sizeBytes) {
    return Segment.HEADER_BYTES
        + RecordHeader.recordBytes(key.function(), sizeBytes)
        + SegmentFooter.bytes(1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    checksums.update(ByteBuffer.wrap(bytes, offset, length));
    append(ByteBuffer.wrap(bytes, offset, length));
  }

  private void append(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    long whole = fileBytes(key, sizeBytes);
    if (position + length > claimedBytes) {
      // The last claim is for all, with the checksums and the footer.
      long wanted = Math.min(whole, position + length + CLAIM_BYTES);
      room.claim(wanted - claimedBytes);
      claimedBytes = wanted;
    }
    try {
      DiskFile open = file();
      open.write(bytes, position);
      position += length;
      syncer.wrote(open, length);
    } catch (IOException e) {
      throw room.explained(e);
    }
  }

  private DiskFile file() throws IOException {
    DiskFile open = file;
    if (open == null) {
      Segment started = segments.nextLarge(indexKey);
      open = segments.startLarge(started);
      segment = started;
      file = open;
    }
    return open;
  }

  @Override
  public void commit() throws IOException {
    ByteBuffer table = checksums.finish();
    append(table.duplicate());
    DiskFile open = file();
    Segment made = segment;
    if (made == null) {
      throw new IOException("The upload has ended");
    }
    RecordHeader header = new RecordHeader(key, sizeBytes, checksums.payloadChecksum(table));
    ByteBuffer bytes = ByteBuffer.allocate(RecordHeader.MAX_BYTES);
    header.encode(bytes, made.salt());
    OpenSegment whole = new OpenSegment(made, open);
    try {
      open.write(bytes.flip(), Segment.HEADER_BYTES);
      room.claim(fileBytes(key, sizeBytes) - claimedBytes);
      claimedBytes = fileBytes(key, sizeBytes);
      segments.publishLarge(made, claimedBytes);
    } catch (IOException e) {
      throw room.explained(e);
    }
    long location = whole.add(indexKey, header.recordBytes());
    file = null;
    syncer.wrote(open, bytes.limit());
    index.put(indexKey, location, time.now());
    syncer.seal(whole);
    room.wrote();
  }

  @Override
  public void close() throws IOException {
    DiskFile open = file;
    Segment dropped = segment;
    if (open != null && dropped != null) {
      file = null;
      open.close();
      segments.dropLarge(dropped);
      room.release(claimedBytes);
    }
  }
}
