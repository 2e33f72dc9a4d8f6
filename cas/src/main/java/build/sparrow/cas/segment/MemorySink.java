package build.sparrow.cas.segment;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;

/** Keeps a small record in memory, and appends it when it is whole. */
final class MemorySink implements RecordSink {
  private final Heads heads;
  private final RecordKey key;
  private final IndexKey indexKey;
  private ByteString.Output bytes = ByteString.newOutput();

  MemorySink(Heads heads, RecordKey key, IndexKey indexKey) {
    this.heads = heads;
    this.key = key;
    this.indexKey = indexKey;
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    bytes.write(from, offset, length);
  }

  @Override
  public void commit() throws IOException {
    heads.append(List.of(NewRecord.of(key, indexKey, Codec.PLAIN, bytes.toByteString())));
  }

  @Override
  public void close() {
    bytes = ByteString.newOutput(0);
  }
}
