package build.sparrow.cas.segment;

import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands at the end of a sealed segment: its directory, when each record was last used, and a
 * trailer of fixed length. Only the uses are ever written again, in place.
 */
final class SegmentFooter {
  /** The use of what the index no longer finds here. */
  static final int NOT_LIVE = -1;

  private static final long MAGIC = 0x5350525345414c31L;
  private static final int TRAILER_BYTES = 32;
  private static final int CHECKED_TRAILER_BYTES = 28;
  private static final int USE_BYTES = Integer.BYTES;
  private static final int USES_CHECKSUM_BYTES = Integer.BYTES;

  private final SegmentDirectory directory;
  private final int @Nullable [] uses;
  private final long dataEnd;
  private final int sealedAt;

  private SegmentFooter(
      SegmentDirectory directory, int @Nullable [] uses, long dataEnd, int sealedAt) {
    this.directory = directory;
    this.uses = uses;
    this.dataEnd = dataEnd;
    this.sealedAt = sealedAt;
  }

  SegmentDirectory directory() {
    return directory;
  }

  /** Whether the uses can be read; if they were damaged, all else may be right. */
  boolean hasUses() {
    return uses != null;
  }

  /** When a record was last used, in seconds of {@code StoreTime}, or {@link #NOT_LIVE}. */
  int use(int i) {
    return Objects.requireNonNull(uses, "asked for only if hasUses()")[i];
  }

  /** Where the records end and the footer begins. */
  long dataEnd() {
    return dataEnd;
  }

  /** When the last record was appended. */
  int sealedAt() {
    return sealedAt;
  }

  /** Bytes of a footer for so many records. */
  static long bytes(int count) {
    return count * (long) (SegmentDirectory.ENTRY_BYTES + USE_BYTES)
        + USES_CHECKSUM_BYTES
        + TRAILER_BYTES;
  }

  /** Writes the footer at the end of the records, whose bytes must be durable by now. */
  static void write(
      DiskFile file,
      SegmentDirectory directory,
      int[] uses,
      long dataEnd,
      int sealedAt,
      long segmentSalt)
      throws IOException {
    int count = directory.count();
    ByteBuffer footer = ByteBuffer.allocate(Math.toIntExact(bytes(count)));
    directory.encode(footer);
    int entriesChecksum = ChunkChecksums.of(footer.array(), 0, footer.position());
    footer.put(encodeUses(uses));
    int trailer = footer.position();
    footer.putLong(MAGIC).putLong(dataEnd).putInt(count).putInt(sealedAt).putInt(entriesChecksum);
    footer.putInt(trailerChecksum(footer.array(), trailer, segmentSalt));
    file.write(footer.flip(), dataEnd);
  }

  private static ByteBuffer encodeUses(int[] uses) {
    ByteBuffer bytes = ByteBuffer.allocate(uses.length * USE_BYTES + USES_CHECKSUM_BYTES);
    for (int use : uses) {
      bytes.putInt(use);
    }
    bytes.putInt(ChunkChecksums.of(bytes.array(), 0, bytes.position()));
    return bytes.flip();
  }

  /** Writes anew when each record was last used. */
  static void writeUses(DiskFile file, long dataEnd, int[] uses) throws IOException {
    file.write(encodeUses(uses), dataEnd + uses.length * (long) SegmentDirectory.ENTRY_BYTES);
  }

  private static int trailerChecksum(byte[] bytes, int offset, long segmentSalt) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, CHECKED_TRAILER_BYTES);
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, segmentSalt));
    return (int) crc.getValue();
  }

  /** Reads the footer; null if the file has none, or a damaged one. */
  static @Nullable SegmentFooter read(DiskFile file, long segmentSalt) throws IOException {
    long fileBytes = file.size();
    if (fileBytes < Segment.HEADER_BYTES + bytes(0)) {
      return null;
    }
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
    file.read(trailer, fileBytes - TRAILER_BYTES);
    if (trailer.hasRemaining()
        || trailer.getInt(CHECKED_TRAILER_BYTES)
            != trailerChecksum(trailer.array(), 0, segmentSalt)) {
      return null;
    }
    trailer.flip();
    long magic = trailer.getLong();
    long dataEnd = trailer.getLong();
    int count = trailer.getInt();
    int sealedAt = trailer.getInt();
    if (magic != MAGIC || count < 0 || dataEnd < 0 || dataEnd + bytes(count) != fileBytes) {
      return null;
    }
    ByteBuffer body = ByteBuffer.allocate(Math.toIntExact(bytes(count) - TRAILER_BYTES));
    file.read(body, dataEnd);
    int entriesBytes = count * SegmentDirectory.ENTRY_BYTES;
    if (body.hasRemaining()
        || ChunkChecksums.of(body.array(), 0, entriesBytes) != trailer.getInt()) {
      return null;
    }
    body.flip();
    SegmentDirectory directory = SegmentDirectory.decode(body, count);
    return new SegmentFooter(directory, decodeUses(body, count), dataEnd, sealedAt);
  }

  /** How many records the file says that it has; 0 if it says nothing, and never too many. */
  static int readCount(DiskFile file) throws IOException {
    long fileBytes = file.size();
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
    if (fileBytes < Segment.HEADER_BYTES + bytes(0)) {
      return 0;
    }
    file.read(trailer, fileBytes - TRAILER_BYTES);
    int count = trailer.getInt(2 * Long.BYTES);
    boolean isFooter = trailer.getLong(0) == MAGIC && count >= 0 && bytes(count) <= fileBytes;
    return isFooter ? count : 0;
  }

  private static int @Nullable [] decodeUses(ByteBuffer bytes, int count) {
    int[] uses = new int[count];
    int start = bytes.position();
    for (int i = 0; i < count; i++) {
      uses[i] = bytes.getInt();
    }
    int checksum = ChunkChecksums.of(bytes.slice(start, count * USE_BYTES));
    return bytes.getInt() == checksum ? uses : null;
  }
}
