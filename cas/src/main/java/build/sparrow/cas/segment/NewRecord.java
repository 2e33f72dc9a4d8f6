package build.sparrow.cas.segment;

import build.sparrow.reapi.ByteStringParts;
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
  static NewRecord of(RecordKey key, IndexKey indexKey, Codec codec, ByteString bytes) {
    List<ByteBuffer> payload = ByteStringParts.of(bytes);
    ChunkChecksums checksums = new ChunkChecksums(bytes.size());
    for (ByteBuffer part : payload) {
      checksums.update(part.duplicate());
    }
    ByteBuffer table = checksums.finish();
    RecordHeader header =
        new RecordHeader(key, codec, bytes.size(), checksums.payloadChecksum(table));
    return new NewRecord(indexKey, header, payload, table, 0);
  }

  long recordBytes() {
    return header.recordBytes();
  }
}
