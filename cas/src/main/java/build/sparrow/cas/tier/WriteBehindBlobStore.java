package build.sparrow.cas.tier;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobSource;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.ForwardingBlobStore;
import build.sparrow.cas.ForwardingBlobUpload;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Map;
import java.util.function.BiConsumer;

/** Tells of each blob once it is stored. */
final class WriteBehindBlobStore extends ForwardingBlobStore {
  private final BiConsumer<BlobScope, Digest> stored;

  WriteBehindBlobStore(BlobStore base, BiConsumer<BlobScope, Digest> stored) {
    super(base);
    this.stored = stored;
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
    return told(scope, digest, super.write(scope, digest));
  }

  private BlobUpload told(BlobScope scope, Digest digest, BlobUpload upload) {
    return new ForwardingBlobUpload(upload) {
      @Override
      public void commit() throws IOException {
        super.commit();
        stored.accept(scope, digest);
      }
    };
  }

  @Override
  public BlobUpload writeZstd(BlobScope scope, Digest digest, ZstdCodec zstd) throws IOException {
    return told(scope, digest, super.writeZstd(scope, digest, zstd));
  }

  @Override
  public void writeFrom(BlobScope scope, Digest digest, BlobSource source) throws IOException {
    super.writeFrom(scope, digest, source);
    stored.accept(scope, digest);
  }

  @Override
  public void writeAll(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames)
      throws IOException {
    super.writeAll(scope, blobs, frames);
    blobs.keySet().forEach(digest -> stored.accept(scope, digest));
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    super.writeAll(scope, blobs);
    blobs.keySet().forEach(digest -> stored.accept(scope, digest));
  }
}
