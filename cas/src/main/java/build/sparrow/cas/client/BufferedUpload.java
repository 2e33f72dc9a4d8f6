package build.sparrow.cas.client;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Map;

/** A small upload that is held in memory until it is complete, and then sent in one call. */
public final class BufferedUpload extends BlobUpload {
  private final BlobStore store;
  private final BlobScope scope;
  private final Digest digest;
  private ByteString taken = ByteString.EMPTY;

  /** An upload of at most {@link build.sparrow.cas.CasLimits#MAX_BATCH_BYTES}. */
  public BufferedUpload(BlobStore store, BlobScope scope, Digest digest) {
    this.store = store;
    this.scope = scope;
    this.digest = digest;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    write(ByteString.copyFrom(bytes, offset, length));
  }

  @Override
  public void write(ByteString bytes) throws IOException {
    if (bytes.size() > digest.sizeBytes() - taken.size()) {
      throw DigestMismatchException.tooLong(digest);
    }
    taken = taken.concat(bytes);
  }

  /** All that was taken; as many bytes as the digest says. */
  ByteString whole() throws DigestMismatchException {
    if (taken.size() < digest.sizeBytes()) {
      throw DigestMismatchException.tooShort(taken.size(), digest);
    }
    return taken;
  }

  @Override
  public void commit() throws IOException {
    store.writeAll(scope, Map.of(digest, whole()));
  }

  @Override
  public void close() {
    taken = ByteString.EMPTY;
  }
}
