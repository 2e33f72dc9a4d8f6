package build.sparrow.cas.segment;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A record that is in memory whole, on its way into the log.
 *
 * @param table checksums that stand behind the payload
 * @param movedFrom where the record is now, if it is copied; else 0
 */
record NewRecord(
    IndexKey indexKey,
    RecordHeader header,
    List<ByteBuffer> payload,
    ByteBuffer table,
    long movedFrom) {

  /** A record with that payload, which is not copied. */
  static NewRecord of(RecordKey key, IndexKey indexKey, ByteString payload) {
    return of(key, indexKey, payload.asReadOnlyByteBufferList(), payload.size(), 0);
  }

  static NewRecord of(
      RecordKey key, IndexKey indexKey, List<ByteBuffer> payload, long bytes, long movedFrom) {
    ChunkChecksums checksums = new ChunkChecksums(bytes);
    for (ByteBuffer part : payload) {
      checksums.update(part.duplicate());
    }
    ByteBuffer table = checksums.finish();
    RecordHeader header = new RecordHeader(key, bytes, checksums.payloadChecksum(table));
    return new NewRecord(indexKey, header, payload, table, movedFrom);
  }

  long recordBytes() {
    return header.recordBytes();
  }
}
