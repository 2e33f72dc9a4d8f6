package build.sparrow.cas;

import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** All of another store, for those who change a part of it. */
public abstract class ForwardingBlobStore implements BlobStore {
  private final BlobStore base;

  protected ForwardingBlobStore(BlobStore base) {
    this.base = base;
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
  public InputStream readZstd(BlobScope scope, Digest digest, long offset, ZstdCodec zstd)
      throws IOException {
    return base.readZstd(scope, digest, offset, zstd);
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
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    base.writeAll(scope, blobs);
  }

  @Override
  public void writeAll(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames)
      throws IOException {
    base.writeAll(scope, blobs, frames);
  }
}
