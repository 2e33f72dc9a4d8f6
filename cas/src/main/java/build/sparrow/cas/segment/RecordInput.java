package build.sparrow.cas.segment;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.zstd.MalformedZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one record. They are read in chunks that have a checksum, so none is handed out that was
 * not verified, whichever part is wanted.
 */
final class RecordInput extends InputStream {
  private static final int CHUNK_BYTES = ChunkChecksums.CHUNK_BYTES;

  private final Records records;
  private final Records.Place place;
  private final RecordHeader header;
  private final ByteBuffer checksums;
  private long end;
  private long position;
  private byte @Nullable [] chunk;
  private long chunkStart = -1;
  private boolean closed;

  private RecordInput(
      Records records, Records.Place place, RecordHeader header, ByteBuffer checksums) {
    this.records = records;
    this.place = place;
    this.header = header;
    this.checksums = checksums;
    this.end = header.storedBytes();
  }

  /**
   * Opens the record, with all of its bytes as they are on the disk.
   *
   * @throws BlobMissingException if it is not held, or corrupt
   */
  static RecordInput open(Records records, RecordKey key) throws IOException {
    Records.Place place = records.find(key);
    if (place == null) {
      throw new BlobMissingException(key.digest());
    }
    try {
      RecordHeader header = records.header(place, key);
      if (header == null) {
        throw corrupt(key);
      }
      ByteBuffer checksums = checksums(records, place, header);
      return new RecordInput(records, place, header, checksums);
    } catch (IOException | RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /** The form of the bytes. */
  Codec codec() {
    return header.codec();
  }

  /** Reads a part only, before anything was read: from there to there, within the record. */
  void limit(long from, long to) {
    position = from;
    end = to;
  }

  /** Takes the record out of the index: its checksums are right, and its frames are not. */
  BlobMissingException lose(MalformedZstdException cause) {
    records.lose(place, "Lost a record: it does not decode to its blob", cause);
    return corrupt(header.key());
  }

  private static ByteBuffer checksums(Records records, Records.Place place, RecordHeader header)
      throws IOException {
    int tableBytes = Math.toIntExact(ChunkChecksums.tableBytes(header.storedBytes()));
    if (tableBytes == 0) {
      return ByteBuffer.allocate(Integer.BYTES).putInt(0, header.payloadChecksum());
    }
    ByteBuffer table = ByteBuffer.allocate(tableBytes);
    place.file().read(table, place.offset() + header.bytes() + header.storedBytes());
    if (table.hasRemaining() || ChunkChecksums.of(table.flip()) != header.payloadChecksum()) {
      records.lose(place, "Lost a record: its checksums are corrupt", null);
      throw corrupt(header.key());
    }
    return table.rewind();
  }

  private static BlobMissingException corrupt(RecordKey key) {
    return new BlobMissingException(
        key.digest(),
        "Blob " + key.digest() + " was corrupt on disk and has been removed; upload it again");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    long start = position / CHUNK_BYTES * CHUNK_BYTES;
    int most = (int) Math.min(length, end - position);
    // Whole chunks go straight to where they are wanted.
    long wantedEnd = position + most;
    long wholeEnd =
        wantedEnd == header.storedBytes() ? wantedEnd : wantedEnd / CHUNK_BYTES * CHUNK_BYTES;
    if (position == start && wholeEnd > position) {
      int count = (int) (wholeEnd - position);
      readVerified(position, bytes, offset, count);
      position += count;
      return count;
    }
    byte[] buffered = load(start);
    int inChunk = (int) (position - start);
    int count = Math.min(most, buffered.length - inChunk);
    System.arraycopy(buffered, inChunk, bytes, offset, count);
    position += count;
    return count;
  }

  private byte[] load(long start) throws IOException {
    byte[] buffered = chunk;
    if (buffered == null || chunkStart != start) {
      buffered = new byte[(int) Math.min(CHUNK_BYTES, header.storedBytes() - start)];
      readVerified(start, buffered, 0, buffered.length);
      chunk = buffered;
      chunkStart = start;
    }
    return buffered;
  }

  /** Reads from the start of a chunk to the end of one. */
  private void readVerified(long from, byte[] bytes, int offset, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, count);
    IOException failure = null;
    try {
      place.file().read(buffer, place.offset() + header.bytes() + from);
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      failure = e;
    }
    boolean isRight = !buffer.hasRemaining();
    for (int done = 0; isRight && done < count; done += CHUNK_BYTES) {
      int length = Math.min(CHUNK_BYTES, count - done);
      int expected = checksums.getInt((int) ((from + done) / CHUNK_BYTES) * Integer.BYTES);
      isRight = ChunkChecksums.of(bytes, offset + done, length) == expected;
    }
    if (!isRight) {
      records.lose(place, "Lost a record: its bytes are corrupt", failure);
      throw corrupt(header.key());
    }
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, end - position);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      place.close();
    }
  }
}
