package build.sparrow.cas.segment;

import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a segment without a footer from its start: what a crash left behind. It goes from header to
 * header; where there is none it looks for the next one, so that damage costs no more than what it
 * hit.
 */
final class SegmentScan {
  private final DiskFile file;
  private final KeyHasher hasher;
  private final HeaderReader headers;
  private final byte[] chunk = new byte[ChunkChecksums.CHUNK_BYTES];
  private long end = Segment.HEADER_BYTES;
  private long damagedRecords;

  private SegmentScan(DiskFile file, long salt, KeyHasher hasher) throws IOException {
    this.file = file;
    this.hasher = hasher;
    this.headers = new HeaderReader(file, salt);
  }

  /**
   * What was found.
   *
   * @param end where the last record ends
   * @param damagedRecords had a header, but not the bytes that it promises
   */
  record Found(SegmentDirectory directory, long end, long damagedRecords) {}

  /** Finds all records whose bytes are what their checksums say. */
  static Found scan(DiskFile file, long salt, KeyHasher hasher) throws IOException {
    SegmentScan scan = new SegmentScan(file, salt, hasher);
    SegmentDirectory directory = scan.run();
    return new Found(directory, scan.end, scan.damagedRecords);
  }

  private SegmentDirectory run() throws IOException {
    SegmentDirectory directory = new SegmentDirectory(16);
    long position = Segment.HEADER_BYTES;
    while (position < headers.fileBytes()) {
      RecordHeader header = headers.at(position);
      if (header == null) {
        position += RecordHeader.ALIGNMENT;
        continue;
      }
      long next = position + header.recordBytes();
      if (header.key().kind() != RecordKind.PENDING) {
        if (isWhole(header, position)) {
          directory.add(hasher.key(header.key()), position, header.recordBytes());
          end = next;
        } else {
          damagedRecords++;
        }
      }
      position = next;
    }
    return directory;
  }

  private boolean isWhole(RecordHeader header, long position) throws IOException {
    ChunkChecksums checksums = new ChunkChecksums(header.storedBytes());
    long at = position + header.bytes();
    long left = header.storedBytes();
    while (left > 0) {
      ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, (int) Math.min(chunk.length, left));
      int count = file.read(bytes, at);
      if (count == 0) {
        return false;
      }
      checksums.update(bytes.flip());
      at += count;
      left -= count;
    }
    ByteBuffer computed = checksums.finish();
    if (checksums.payloadChecksum(computed) != header.payloadChecksum()) {
      return false;
    }
    ByteBuffer stored = ByteBuffer.allocate(computed.remaining());
    file.read(stored, at);
    return computed.equals(stored.flip());
  }
}
