package build.sparrow.cas.replica.member;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobSource;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.ForwardingBlobStore;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Map;

/** Has the namespace of each blob written down before the blob is stored. */
final class ScopeNotingBlobStore extends ForwardingBlobStore {
  private final ScopeBook book;

  ScopeNotingBlobStore(BlobStore base, ScopeBook book) {
    super(base);
    this.book = book;
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
    book.note(scope);
    return super.write(scope, digest);
  }

  @Override
  public BlobUpload writeZstd(BlobScope scope, Digest digest, ZstdCodec zstd) throws IOException {
    book.note(scope);
    return super.writeZstd(scope, digest, zstd);
  }

  @Override
  public void writeFrom(BlobScope scope, Digest digest, BlobSource source) throws IOException {
    book.note(scope);
    super.writeFrom(scope, digest, source);
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    book.note(scope);
    super.writeAll(scope, blobs);
  }

  @Override
  public void writeAll(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames)
      throws IOException {
    book.note(scope);
    super.writeAll(scope, blobs, frames);
  }
}
