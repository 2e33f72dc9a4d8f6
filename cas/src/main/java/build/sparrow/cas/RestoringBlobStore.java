package build.sparrow.cas;

import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Brings back what is read and not held. {@link #findMissing} says what is held without that: who
 * hears that a blob is missing uploads it, which is always right and never waits for another place.
 */
public final class RestoringBlobStore extends ForwardingBlobStore {
  private final Restorer restorer;

  /**
   * A store.
   *
   * @param restorer brings blobs back into the base
   */
  public RestoringBlobStore(BlobStore base, Restorer restorer) {
    super(base);
    this.restorer = restorer;
  }

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    return open(scope, digest, () -> super.read(scope, digest, offset, limit));
  }

  @Override
  public InputStream readZstd(BlobScope scope, Digest digest, long offset, ZstdCodec zstd)
      throws IOException {
    return open(scope, digest, () -> super.readZstd(scope, digest, offset, zstd));
  }

  private InputStream open(BlobScope scope, Digest digest, BlobSource base) throws IOException {
    try {
      return base.open();
    } catch (BlobMissingException e) {
      if (restorer.restore(scope, Set.of(digest)).isEmpty()) {
        throw e;
      }
      return base.open();
    }
  }

  @Override
  public Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    return readAll(scope, digests, some -> super.readAll(scope, some));
  }

  @Override
  public Map<Digest, EncodedBlob> readAllEncoded(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    return readAll(scope, digests, some -> super.readAllEncoded(scope, some));
  }

  /** Reads those blobs of some that are held. */
  @FunctionalInterface
  private interface Reading<B> {
    Map<Digest, B> read(Collection<Digest> digests) throws IOException;
  }

  private <B> Map<Digest, B> readAll(BlobScope scope, Collection<Digest> digests, Reading<B> base)
      throws IOException {
    Map<Digest, B> held = base.read(digests);
    Set<Digest> missing = new HashSet<>(digests);
    missing.removeAll(held.keySet());
    Set<Digest> restored = missing.isEmpty() ? missing : restorer.restore(scope, missing);
    if (restored.isEmpty()) {
      return held;
    }
    Map<Digest, B> all = new HashMap<>(held);
    all.putAll(base.read(restored));
    return all;
  }
}
