package build.sparrow.cas.segment;

import build.sparrow.cas.CasLimits;
import build.sparrow.cas.disk.DiskFile;
import build.sparrow.reapi.ByteStringParts;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
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
  private final Codec codec;
  private final long mostBytes;
  private final ChunkChecksums checksums;
  private @Nullable Segment segment;
  private @Nullable DiskFile file;
  private long position;
  private long claimedBytes;

  /**
   * @param mostBytes that the payload may have
   */
  LargeSink(
      Segments segments,
      OffHeapIndex index,
      Syncer syncer,
      Room room,
      StoreTime time,
      RecordKey key,
      IndexKey indexKey,
      Codec codec,
      long mostBytes) {
    this.segments = segments;
    this.index = index;
    this.syncer = syncer;
    this.room = room;
    this.time = time;
    this.key = key;
    this.indexKey = indexKey;
    this.codec = codec;
    this.mostBytes = mostBytes;
    this.checksums = new ChunkChecksums(mostBytes);
    this.position = payloadStart();
  }

  private long payloadStart() {
    return (long) Segment.HEADER_BYTES + RecordHeader.bytes(key.function());
  }

  /** What the file of a large record takes. */
  static long fileBytes(RecordKey key, long storedBytes) {
    return Segment.HEADER_BYTES
        + RecordHeader.recordBytes(key.function(), storedBytes)
        + SegmentFooter.bytes(1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    checksums.update(ByteBuffer.wrap(bytes, offset, length));
    append(ByteBuffer.wrap(bytes, offset, length));
  }

  private void append(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    if (position + length > claimedBytes) {
      // The last claim is for all, with the checksums and the footer.
      long whole = fileBytes(key, mostBytes);
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

  /** Takes the next bytes, as {@link #write(byte[], int, int)} does. */
  void write(ByteString bytes) throws IOException {
    for (ByteBuffer part : ByteStringParts.of(bytes)) {
      checksums.update(part.duplicate());
      append(part);
    }
  }

  /** Takes bytes that were written. */
  @FunctionalInterface
  interface Reader {
    void take(ByteString bytes) throws IOException;
  }

  /** Reads all that was written before the commit, a chunk at a time. */
  void readBack(Reader reader) throws IOException {
    DiskFile open = file();
    long at = payloadStart();
    while (at < position) {
      ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CasLimits.CHUNK_BYTES, position - at));
      at += open.read(chunk, at);
      if (chunk.hasRemaining()) {
        throw new IOException("The file of an upload is shorter than what was written to it");
      }
      reader.take(UnsafeByteOperations.unsafeWrap(chunk.flip()));
    }
  }

  @Override
  public void commit() throws IOException {
    long storedBytes = position - payloadStart();
    ByteBuffer table = checksums.finish();
    append(table.duplicate());
    DiskFile open = file();
    Segment made = segment;
    if (made == null) {
      throw new IOException("The upload has ended");
    }
    RecordHeader header =
        new RecordHeader(key, codec, storedBytes, checksums.payloadChecksum(table));
    ByteBuffer bytes = ByteBuffer.allocate(RecordHeader.MAX_BYTES);
    header.encode(bytes, made.salt());
    OpenSegment whole = new OpenSegment(made, open);
    try {
      open.write(bytes.flip(), Segment.HEADER_BYTES);
      claimAll(fileBytes(key, storedBytes));
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

  private void claimAll(long fileBytes) throws IOException {
    if (fileBytes > claimedBytes) {
      room.claim(fileBytes - claimedBytes);
    } else {
      room.release(claimedBytes - fileBytes);
    }
    claimedBytes = fileBytes;
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
