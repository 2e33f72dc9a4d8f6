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
public final class RestoringBlobStore implements BlobStore {
  private final BlobStore base;
  private final Restorer restorer;

  /**
   * A store.
   *
   * @param restorer brings blobs back into the base
   */
  public RestoringBlobStore(BlobStore base, Restorer restorer) {
    this.base = base;
    this.restorer = restorer;
  }

  @Override
  public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) throws IOException {
    return base.findMissing(scope, digests);
  }

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    return open(scope, digest, () -> base.read(scope, digest, offset, limit));
  }

  @Override
  public InputStream readZstd(BlobScope scope, Digest digest, long offset, ZstdCodec zstd)
      throws IOException {
    return open(scope, digest, () -> base.readZstd(scope, digest, offset, zstd));
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
    return readAll(scope, digests, some -> base.readAll(scope, some));
  }

  @Override
  public Map<Digest, EncodedBlob> readAllEncoded(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    return readAll(scope, digests, some -> base.readAllEncoded(scope, some));
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

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
    return base.write(scope, digest);
  }

  @Override
  public BlobUpload writeZstd(BlobScope scope, Digest digest, ZstdCodec zstd) throws IOException {
    return base.writeZstd(scope, digest, zstd);
  }

  @Override
  public void writeFrom(BlobScope scope, Digest digest, BlobSource source) throws IOException {
    base.writeFrom(scope, digest, source);
  }

  @Override
  public void writeAll(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames)
      throws IOException {
    base.writeAll(scope, blobs, frames);
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    base.writeAll(scope, blobs);
  }
}
