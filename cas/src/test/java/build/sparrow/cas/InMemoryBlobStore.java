package build.sparrow.cas;

import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Blobs in a map; those of all scopes together. */
public class InMemoryBlobStore implements BlobStore {
  private final Map<Digest, ByteString> blobs = new ConcurrentHashMap<>();

  /** Holds the blob. */
  public Digest add(ByteString blob) {
    Digest digest = SampleBlobs.digestOf(blob);
    blobs.put(digest, blob);
    return digest;
  }

  /** Loses the blob. */
  public void remove(Digest digest) {
    blobs.remove(digest);
  }

  public boolean holds(Digest digest) {
    return blobs.containsKey(digest);
  }

  @Override
  public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) throws IOException {
    Set<Digest> missing = new HashSet<>(digests);
    missing.removeIf(digest -> digest.isEmpty() || blobs.containsKey(digest));
    return missing;
  }

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    ByteString blob = digest.isEmpty() ? ByteString.EMPTY : blobs.get(digest);
    if (blob == null) {
      throw new BlobMissingException(digest);
    }
    int end = (int) (limit == 0 ? blob.size() : Math.min(blob.size(), offset + limit));
    return blob.substring((int) offset, end).newInput();
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
    return new BlobUpload() {
      private ByteString taken = ByteString.EMPTY;
      private boolean stored;

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        taken = taken.concat(ByteString.copyFrom(bytes, offset, length));
        if (taken.size() > digest.sizeBytes()) {
          throw DigestMismatchException.tooLong(digest);
        }
      }

      @Override
      public boolean alreadyStored() {
        stored = stored || blobs.containsKey(digest);
        return stored;
      }

      @Override
      public void commit() throws IOException {
        if (stored) {
          return;
        }
        Digest actual = scope.function().digestOf(taken);
        if (!actual.equals(digest)) {
          throw DigestMismatchException.of(scope.function(), actual, digest);
        }
        blobs.put(digest, taken);
      }

      @Override
      public void close() {}
    };
  }
}
