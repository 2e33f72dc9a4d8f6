package build.sparrow.cas.segment;

import build.sparrow.cas.zstd.ZstdDecoder;
import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one upload until it is whole: in memory those of a blob that will lie in the log,
 * whose length nobody knows beforehand; in a file of their own those of a large one, but for the
 * beginning.
 */
final class KeptFrames implements Closeable {
  private static final int MAX_HELD_BYTES_OF_LARGE = 1 << 20;

  private final SegmentStore store;
  private final RecordKey key;
  private final boolean isLarge;
  private ByteString held = ByteString.EMPTY;
  private @Nullable LargeSink file;
  private long bytes;

  KeptFrames(SegmentStore store, RecordKey key) {
    this.store = store;
    this.key = key;
    this.isLarge = key.digest().sizeBytes() > store.sizes().largeBytes();
  }

  /** The most bytes that are held in memory. */
  long mostHeldBytes() {
    return isLarge ? MAX_HELD_BYTES_OF_LARGE : key.digest().sizeBytes();
  }

  /** Bytes that were kept so far. */
  long bytes() {
    return bytes;
  }

  void write(ByteString frames) throws IOException {
    bytes += frames.size();
    if (file == null && (!isLarge || bytes <= MAX_HELD_BYTES_OF_LARGE)) {
      held = held.concat(frames);
      return;
    }
    if (file == null) {
      file = store.largeFrames(key);
      file.write(held);
      held = ByteString.EMPTY;
    }
    file.write(frames);
  }

  /** Has all decoded again that was kept. */
  void replay(ZstdDecoder decoder) throws IOException {
    decoder.write(held);
    if (file != null) {
      file.readBack(decoder::write);
    }
  }

  void commit() throws IOException {
    if (isLarge) {
      if (file == null) {
        file = store.largeFrames(key);
        file.write(held);
      }
      file.commit();
    } else {
      IndexKey indexKey = store.hasher().key(key);
      store.heads().append(List.of(NewRecord.of(key, indexKey, Codec.ZSTD, held)));
    }
  }

  /** Drops what was not committed. */
  @Override
  public void close() throws IOException {
    held = ByteString.EMPTY;
    bytes = 0;
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
