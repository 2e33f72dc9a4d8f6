package build.sparrow.cas.chunk;

import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** A blob as chunks, one after the other; holds {@link FastCdc#MAX_BYTES} of it in memory. */
public final class BlobChunks implements Closeable {
  private final InputStream blob;
  private final byte[] window = new byte[FastCdc.MAX_BYTES];
  private int filled;

  /**
   * @param blob closed with the chunks
   */
  public BlobChunks(InputStream blob) {
    this.blob = blob;
  }

  /** The next chunk; empty after the last one. */
  public ByteString next() throws IOException {
    filled += blob.readNBytes(window, filled, window.length - filled);
    int length = FastCdc.STANDARD.cut(window, filled);
    ByteString chunk = ByteString.copyFrom(window, 0, length);
    filled -= length;
    System.arraycopy(window, length, window, 0, filled);
    return chunk;
  }

  @Override
  public void close() throws IOException {
    blob.close();
  }
}
