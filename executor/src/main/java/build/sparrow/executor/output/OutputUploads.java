package build.sparrow.executor.output;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobSource;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Blobs of one action on their way to the store: small ones together, others in streams. */
public final class OutputUploads {
  /** Above, a blob is streamed; below, it is held in memory until its batch is full. */
  static final int MAX_SMALL_BYTES = 512 << 10;

  private final BlobStore store;
  private final BlobScope scope;
  private final Map<Digest, ByteString> small = new LinkedHashMap<>();
  private final Map<Digest, BlobSource> large = new HashMap<>();
  private long smallBytes;
  private long uploadedBytes;

  /** Starts empty. */
  public OutputUploads(BlobStore store, BlobScope scope) {
    this.store = store;
    this.scope = scope;
  }

  /** The namespace of the blobs. */
  public BlobScope scope() {
    return scope;
  }

  /** Takes a blob in memory and gives its digest; it is in the store after {@link #finish}. */
  public Digest add(ByteString bytes) throws IOException {
    Digest digest = scope.function().digestOf(bytes);
    if (bytes.size() > MAX_SMALL_BYTES) {
      large.put(digest, bytes::newInput);
      return digest;
    }
    if (digest.isEmpty() || small.containsKey(digest)) {
      return digest;
    }
    if (smallBytes + bytes.size() > CasLimits.MAX_BATCH_BYTES
        || small.size() == CasLimits.MAX_BATCH_BLOBS) {
      writeBatch();
    }
    small.put(digest, bytes);
    smallBytes += bytes.size();
    return digest;
  }

  /** Takes a blob that was hashed already and can be read again until {@link #finish}. */
  public void add(Digest digest, BlobSource source) {
    large.put(digest, source);
  }

  /**
   * Returns when the store has all.
   *
   * @return bytes sent, without those that the store had before
   */
  public long finish() throws IOException {
    writeBatch();
    if (!large.isEmpty()) {
      Set<Digest> missing = store.findMissing(scope, large.keySet());
      for (Map.Entry<Digest, BlobSource> blob : large.entrySet()) {
        if (missing.contains(blob.getKey())) {
          store.writeFrom(scope, blob.getKey(), blob.getValue());
          uploadedBytes += blob.getKey().sizeBytes();
        }
      }
      large.clear();
    }
    return uploadedBytes;
  }

  private void writeBatch() throws IOException {
    if (!small.isEmpty()) {
      store.writeAll(scope, small);
      uploadedBytes += smallBytes;
      small.clear();
      smallBytes = 0;
    }
  }
}
