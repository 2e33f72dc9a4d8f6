package build.sparrow.cas.segment;

import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Hasher;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An upload that is hashed as it comes, on its way to where its size belongs. */
final class SegmentUpload extends BlobUpload {
  private final SegmentStore store;
  private final RecordKey key;
  private final Hasher hasher;
  private @Nullable RecordSink sink;
  private long takenBytes;
  private boolean stored;

  SegmentUpload(SegmentStore store, RecordKey key) {
    this.store = store;
    this.key = key;
    this.hasher = key.function().newHasher();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (stored || length == 0) {
      return;
    }
    if (length > key.digest().sizeBytes() - takenBytes) {
      throw DigestMismatchException.tooLong(key.digest());
    }
    hasher.update(bytes, offset, length);
    if (sink == null) {
      sink = store.sink(key, key.digest().sizeBytes());
    }
    sink.write(bytes, offset, length);
    takenBytes += length;
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
    Digest announced = key.digest();
    if (takenBytes < announced.sizeBytes()) {
      throw DigestMismatchException.tooShort(takenBytes, announced);
    }
    Digest actual = new Digest(hasher.hex(), takenBytes);
    if (!actual.equals(announced)) {
      throw DigestMismatchException.of(key.function(), actual, announced);
    }
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
