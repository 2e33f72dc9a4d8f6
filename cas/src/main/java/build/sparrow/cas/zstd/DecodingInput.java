package build.sparrow.cas.zstd;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;

/** A blob of known size, decoded as it is read. */
final class DecodingInput extends InputStream {
  private final ZstdInputStreamNoFinalizer frames;
  private final Runnable onClose;
  private long left;
  private boolean closed;

  DecodingInput(InputStream frames, long sizeBytes, Runnable onClose) throws IOException {
    this.frames = new ZstdInputStreamNoFinalizer(frames, RecyclingBufferPool.INSTANCE);
    this.frames.setLongMax(ZstdCodec.MAX_WINDOW_LOG);
    this.left = sizeBytes;
    this.onClose = onClose;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    int count;
    try {
      count = frames.read(bytes, offset, (int) Math.min(length, left));
    } catch (ZstdIOException e) {
      throw new MalformedZstdException(String.valueOf(e.getMessage()), e);
    }
    if (count < 0) {
      throw new MalformedZstdException("it ends " + left + " bytes before the blob", null);
    }
    left -= count;
    return count;
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        frames.close();
      } finally {
        onClose.run();
      }
    }
  }
}
