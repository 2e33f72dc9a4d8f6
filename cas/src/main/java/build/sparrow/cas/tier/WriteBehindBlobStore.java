package build.sparrow.cas.tier;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobSource;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.EncodedBlob;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Tells of each blob once it is stored. */
final class WriteBehindBlobStore implements BlobStore {
  private final BlobStore base;
  private final BiConsumer<BlobScope, Digest> stored;

  WriteBehindBlobStore(BlobStore base, BiConsumer<BlobScope, Digest> stored) {
    this.base = base;
    this.stored = stored;
  }

  @Override
  public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) throws IOException {
    return base.findMissing(scope, digests);
  }

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    return base.read(scope, digest, offset, limit);
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
    return told(scope, digest, base.write(scope, digest));
  }

  private BlobUpload told(BlobScope scope, Digest digest, BlobUpload upload) {
    return new BlobUpload() {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        upload.write(bytes, offset, length);
      }

      @Override
      public void write(ByteString bytes) throws IOException {
        upload.write(bytes);
      }

      @Override
      public boolean alreadyStored() {
        return upload.alreadyStored();
      }

      @Override
      public void commit() throws IOException {
        upload.commit();
        stored.accept(scope, digest);
      }

      @Override
      public void close() throws IOException {
        upload.close();
      }
    };
  }

  @Override
  public BlobUpload writeZstd(BlobScope scope, Digest digest, ZstdCodec zstd) throws IOException {
    return told(scope, digest, base.writeZstd(scope, digest, zstd));
  }

  @Override
  public InputStream readZstd(BlobScope scope, Digest digest, long offset, ZstdCodec zstd)
      throws IOException {
    return base.readZstd(scope, digest, offset, zstd);
  }

  @Override
  public void writeFrom(BlobScope scope, Digest digest, BlobSource source) throws IOException {
    base.writeFrom(scope, digest, source);
    stored.accept(scope, digest);
  }

  @Override
  public Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    return base.readAll(scope, digests);
  }

  @Override
  public Map<Digest, EncodedBlob> readAllEncoded(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    return base.readAllEncoded(scope, digests);
  }

  @Override
  public void writeAll(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames)
      throws IOException {
    base.writeAll(scope, blobs, frames);
    blobs.keySet().forEach(digest -> stored.accept(scope, digest));
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    base.writeAll(scope, blobs);
    blobs.keySet().forEach(digest -> stored.accept(scope, digest));
  }
}
