package build.sparrow.cas.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The CRC-32C of each 64 KiB of a payload, so that any part is verified by reading little more. For
 * one thread.
 */
final class ChunkChecksums {
  static final int CHUNK_BYTES = 64 << 10;

  private final CRC32C crc = new CRC32C();
  private int[] checksums;
  private int count;
  private int chunkBytes;

  /** For a payload of that many bytes. */
  ChunkChecksums(long payloadBytes) {
    checksums = new int[Math.min(16, chunks(payloadBytes))];
  }

  static int chunks(long payloadBytes) {
    return Math.toIntExact((payloadBytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  /** Bytes that the checksums take behind the payload; a single one is in the header. */
  static long tableBytes(long payloadBytes) {
    return payloadBytes <= CHUNK_BYTES
        ? 0
        : (payloadBytes + CHUNK_BYTES - 1) / CHUNK_BYTES * Integer.BYTES;
  }

  void update(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      int length = Math.min(bytes.remaining(), CHUNK_BYTES - chunkBytes);
      ByteBuffer part = bytes.slice(bytes.position(), length);
      crc.update(part);
      bytes.position(bytes.position() + length);
      chunkBytes += length;
      if (chunkBytes == CHUNK_BYTES) {
        endChunk();
      }
    }
  }

  private void endChunk() {
    if (count == checksums.length) {
      checksums = Arrays.copyOf(checksums, 2 * count);
    }
    checksums[count++] = (int) crc.getValue();
    crc.reset();
    chunkBytes = 0;
  }

  /** Ends the payload: what stands behind it, which is nothing if it is one chunk. */
  ByteBuffer finish() {
    if (chunkBytes > 0) {
      endChunk();
    }
    if (count <= 1) {
      return ByteBuffer.allocate(0);
    }
    ByteBuffer table = ByteBuffer.allocate(count * Integer.BYTES);
    for (int i = 0; i < count; i++) {
      table.putInt(checksums[i]);
    }
    return table.flip();
  }

  /** What the header says of the payload; after {@link #finish}. */
  int payloadChecksum(ByteBuffer table) {
    return table.hasRemaining() ? of(table.duplicate()) : count == 0 ? 0 : checksums[0];
  }

  /** CRC-32C of what remains in the buffer. */
  static int of(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** CRC-32C of a part of an array. */
  static int of(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
