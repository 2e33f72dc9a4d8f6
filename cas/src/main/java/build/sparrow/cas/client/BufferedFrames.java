package build.sparrow.cas.client;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.cas.zstd.ZstdDecoder;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Map;

/**
 * A small upload of zstd frames that is held in memory, both decoded and as it came, until it is
 * complete, and then sent in one call.
 */
final class BufferedFrames extends BlobUpload {
  private final BlobStore store;
  private final BlobScope scope;
  private final Digest digest;
  private final BufferedUpload plain;
  private final ZstdDecoder decoder;
  private ByteString frames = ByteString.EMPTY;
  private boolean savesBytes = true;

  BufferedFrames(BlobStore store, BlobScope scope, Digest digest, ZstdCodec zstd)
      throws IOException {
    this.store = store;
    this.scope = scope;
    this.digest = digest;
    this.plain = new BufferedUpload(store, scope, digest);
    this.decoder = zstd.decoder(digest.sizeBytes(), 2 * digest.sizeBytes(), plain);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    write(ByteString.copyFrom(bytes, offset, length));
  }

  @Override
  public void write(ByteString bytes) throws IOException {
    decoder.write(bytes);
    savesBytes = savesBytes && frames.size() + bytes.size() < digest.sizeBytes();
    frames = savesBytes ? frames.concat(bytes) : ByteString.EMPTY;
  }

  @Override
  public void commit() throws IOException {
    decoder.finish();
    Map<Digest, ByteString> blob = Map.of(digest, plain.whole());
    store.writeAll(scope, blob, savesBytes ? Map.of(digest, frames) : Map.of());
  }

  @Override
  public void close() throws IOException {
    frames = ByteString.EMPTY;
    plain.close();
    decoder.close();
  }
}
