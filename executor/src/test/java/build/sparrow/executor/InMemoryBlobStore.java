package build.sparrow.executor;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A store on the heap, which counts what is asked of it and can be made unreachable. */
public final class InMemoryBlobStore implements BlobStore {
  public static final BlobScope SCOPE = new BlobScope(InstanceName.ROOT, DigestFunction.SHA256);

  private final Map<Digest, ByteString> blobs = new ConcurrentHashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger batches = new AtomicInteger();
  private volatile boolean isReachable = true;
  private volatile Runnable onRead = () -> {};

  /** Puts a blob in without counting. */
  public Digest put(ByteString bytes) {
    Digest digest = SCOPE.function().digestOf(bytes);
    blobs.put(digest, bytes);
    return digest;
  }

  public Digest put(String text) {
    return put(ByteString.copyFromUtf8(text));
  }

  /** What is stored; fails if it is not. */
  public ByteString get(Digest digest) {
    ByteString bytes = digest.isEmpty() ? ByteString.EMPTY : blobs.get(digest);
    if (bytes == null) {
      throw new AssertionError("Blob " + digest + " is not in the store");
    }
    return bytes;
  }

  public Collection<ByteString> all() {
    return blobs.values();
  }

  public void remove(Digest digest) {
    blobs.remove(digest);
  }

  public void setReachable(boolean reachable) {
    isReachable = reachable;
  }

  /** Is run before each read. */
  public void onRead(Runnable action) {
    onRead = action;
  }

  /** Blobs read so far, in batches or in streams. */
  public int reads() {
    return reads.get();
  }

  /** Batched writes so far. */
  public int batches() {
    return batches.get();
  }

  @Override
  public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) throws IOException {
    checkReachable();
    Set<Digest> missing = new HashSet<>(digests);
    missing.removeIf(digest -> digest.isEmpty() || blobs.containsKey(digest));
    return missing;
  }

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    checkReachable();
    onRead.run();
    reads.incrementAndGet();
    if (digest.isEmpty()) {
      return InputStream.nullInputStream();
    }
    ByteString bytes = blobs.get(digest);
    if (bytes == null) {
      throw new BlobMissingException(digest);
    }
    return bytes.newInput();
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
    checkReachable();
    return new Upload(scope, digest);
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> more) throws IOException {
    batches.incrementAndGet();
    BlobStore.super.writeAll(scope, more);
  }

  private void checkReachable() throws StoreUnavailableException {
    if (!isReachable) {
      throw new StoreUnavailableException(
          "Store is switched off", new IOException("switched off by the test"));
    }
  }

  private final class Upload extends BlobUpload {
    private final BlobScope scope;
    private final Digest announced;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Upload(BlobScope scope, Digest announced) {
      this.scope = scope;
      this.announced = announced;
    }

    @Override
    public void write(byte[] chunk, int offset, int length) {
      bytes.write(chunk, offset, length);
    }

    @Override
    public void commit() throws IOException {
      Digest actual = scope.function().digestOf(bytes.toByteArray());
      if (!actual.equals(announced)) {
        throw DigestMismatchException.of(scope.function(), actual, announced);
      }
      blobs.put(announced, ByteString.copyFrom(bytes.toByteArray()));
    }

    @Override
    public void close() {}
  }
}
