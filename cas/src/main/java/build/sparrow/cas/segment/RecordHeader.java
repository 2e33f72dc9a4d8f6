package build.sparrow.cas.segment;

import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the bytes of a record. Its checksum includes a number that is different in
 * each segment and known to nobody outside, so that no blob can be made that holds what looks like
 * a record.
 *
 * @param storedBytes bytes that follow, before the checksums of the chunks
 * @param payloadChecksum CRC-32C of the one chunk, or of the checksums if there are more
 */
record RecordHeader(RecordKey key, Codec codec, long storedBytes, int payloadChecksum) {
  /** Records begin at multiples of that. */
  static final int ALIGNMENT = 64;

  /** The longest header. */
  static final int MAX_BYTES = 112;

  private static final int MAGIC = 0x53505231;
  private static final int CHECKED_FROM = 8;
  private static final int FIXED_BYTES = 48;
  private static final DigestFunction[] FUNCTIONS = DigestFunction.values();

  static int bytes(DigestFunction function) {
    return roundUp(FIXED_BYTES + function.hexLength() / 2, 16);
  }

  /** Room that a record takes in a segment. */
  static long recordBytes(DigestFunction function, long storedBytes) {
    return roundUp(
        bytes(function) + storedBytes + ChunkChecksums.tableBytes(storedBytes), ALIGNMENT);
  }

  int bytes() {
    return bytes(key.function());
  }

  long recordBytes() {
    return recordBytes(key.function(), storedBytes);
  }

  private static int roundUp(int bytes, int unit) {
    return (bytes + unit - 1) / unit * unit;
  }

  private static long roundUp(long bytes, int unit) {
    return Math.addExact(bytes, unit - 1L) / unit * unit;
  }

  /** Appends the header to the buffer, which is big-endian and has room. */
  void encode(ByteBuffer buffer, long salt) {
    int start = buffer.position();
    int end = start + bytes();
    buffer.putInt(MAGIC).putInt(0);
    byte[] hash = HexFormat.of().parseHex(key.digest().hash());
    buffer.put((byte) key.kind().code()).put((byte) codec.code()).put(code(key.function()));
    buffer.put((byte) hash.length).putInt(payloadChecksum);
    buffer.putLong(storedBytes).putLong(key.digest().sizeBytes());
    buffer.putLong(key.scope().high()).putLong(key.scope().low()).put(hash);
    while (buffer.position() < end) {
      buffer.put((byte) 0);
    }
    buffer.putInt(start + 4, checksum(buffer.slice(start, bytes()), salt));
  }

  /** The header at the buffer's position, which is not moved; null if there is none. */
  static @Nullable RecordHeader decode(ByteBuffer buffer, long salt) {
    ByteBuffer bytes = buffer.slice();
    if (bytes.remaining() < FIXED_BYTES || bytes.getInt(0) != MAGIC) {
      return null;
    }
    RecordKind kind = RecordKind.of(bytes.get(8));
    Codec codec = Codec.of(bytes.get(9));
    DigestFunction function = function(bytes.get(10));
    if (kind == null
        || function == null
        || codec == null
        || bytes.get(11) != function.hexLength() / 2
        || bytes.remaining() < bytes(function)
        || bytes.getInt(4) != checksum(bytes.slice(0, bytes(function)), salt)) {
      return null;
    }
    byte[] hash = new byte[function.hexLength() / 2];
    bytes.get(FIXED_BYTES, hash);
    return new RecordHeader(
        new RecordKey(
            kind,
            new ScopeTag(bytes.getLong(32), bytes.getLong(40)),
            function,
            new Digest(HexFormat.of().formatHex(hash), bytes.getLong(24))),
        codec,
        bytes.getLong(16),
        bytes.getInt(12));
  }

  private static int checksum(ByteBuffer header, long salt) {
    CRC32C crc = new CRC32C();
    crc.update(header.position(CHECKED_FROM));
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, salt));
    return (int) crc.getValue();
  }

  private static byte code(DigestFunction function) {
    return switch (function) {
      case SHA256 -> 1;
      case BLAKE3 -> 2;
      case SHA1 -> 3;
      case SHA384 -> 4;
      case SHA512 -> 5;
      case MD5 -> 6;
    };
  }

  private static @Nullable DigestFunction function(byte code) {
    for (DigestFunction function : FUNCTIONS) {
      if (code(function) == code) {
        return function;
      }
    }
    return null;
  }
}
