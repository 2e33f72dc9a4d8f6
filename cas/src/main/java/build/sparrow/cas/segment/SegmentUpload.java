package build.sparrow.cas.segment;

import build.sparrow.cas.BlobUpload;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An upload that is hashed as it comes, on its way to where its size belongs. */
final class SegmentUpload extends BlobUpload {
  private final SegmentStore store;
  private final RecordKey key;
  private final Verification verification;
  private @Nullable RecordSink sink;
  private boolean stored;

  SegmentUpload(SegmentStore store, RecordKey key) {
    this.store = store;
    this.key = key;
    this.verification = new Verification(key);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (stored || length == 0) {
      return;
    }
    verification.write(bytes, offset, length);
    if (sink == null) {
      sink = store.sink(key, key.digest().sizeBytes());
    }
    sink.write(bytes, offset, length);
  }

  @Override
  public boolean alreadyStored() {
    stored = stored || key.digest().isEmpty() || store.records().use(key);
    return stored;
  }

  @Override
  public void commit() throws IOException {
    if (stored) {
      return;
    }
    verification.finish();
    // Whoever was faster has stored the same bytes.
    if (sink != null && !store.records().use(key)) {
      sink.commit();
    }
    store.acknowledge();
    stored = true;
  }

  @Override
  public void close() throws IOException {
    if (sink != null) {
      sink.close();
      sink = null;
    }
  }
}
