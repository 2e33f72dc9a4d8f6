package build.sparrow.cas.grpc;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.reapi.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;

/** Blobs of a store one after the other, each opened when it is its turn. */
final class ChunkedInput extends InputStream {
  private final BlobStore store;
  private final BlobScope scope;
  private final Iterator<Digest> chunks;
  private InputStream chunk = InputStream.nullInputStream();

  ChunkedInput(BlobStore store, BlobScope scope, List<Digest> chunks) {
    this.store = store;
    this.scope = scope;
    this.chunks = chunks.iterator();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (true) {
      int count = chunk.read(bytes, offset, length);
      if (count >= 0 || !chunks.hasNext()) {
        return count;
      }
      chunk.close();
      chunk = store.read(scope, chunks.next(), 0, 0);
    }
  }

  @Override
  public void close() throws IOException {
    chunk.close();
  }
}
