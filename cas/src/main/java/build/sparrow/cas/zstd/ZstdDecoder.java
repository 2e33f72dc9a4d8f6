package build.sparrow.cas.zstd;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Decompresses pieces as they come: any number of frames, one after the other. For one thread at a
 * time.
 */
public final class ZstdDecoder implements Closeable {
  private static final int MAX_OUTPUT_BYTES = 64 << 10;

  private final OutputStream blob;
  private final Runnable onClose;
  private final Pieces pieces = new Pieces();
  private final ZstdInputStreamNoFinalizer frames;
  private final byte[] output;
  private final long sizeBytes;
  private long decodedBytes;
  private boolean closed;

  ZstdDecoder(long sizeBytes, OutputStream blob, Runnable onClose) throws IOException {
    this.sizeBytes = sizeBytes;
    this.blob = blob;
    this.onClose = onClose;
    this.output = new byte[(int) Math.min(MAX_OUTPUT_BYTES, sizeBytes + 1)];
    this.frames = new ZstdInputStreamNoFinalizer(pieces, RecyclingBufferPool.INSTANCE);
    frames.setLongMax(ZstdCodec.MAX_WINDOW_LOG);
    // The end of a piece is not the end of the blob.
    frames.setContinuous(true);
  }

  /**
   * Decodes the next piece and writes what it gives to the blob.
   *
   * @throws MalformedZstdException if this cannot be zstd
   * @throws IOException of the blob, which is where too much data is noticed
   */
  public void write(ByteString compressed) throws IOException {
    for (ByteBuffer piece : compressed.asReadOnlyByteBufferList()) {
      pieces.piece = piece;
      decode();
    }
  }

  /**
   * Ends the last frame.
   *
   * @throws MalformedZstdException if a frame is not complete
   */
  public void finish() throws IOException {
    frames.setContinuous(false);
    decode();
  }

  private void decode() throws IOException {
    while (true) {
      // One byte past the announced size is enough to know that it is too much.
      long most = Math.min(output.length, sizeBytes - decodedBytes + 1);
      int count;
      try {
        count = frames.read(output, 0, (int) most);
      } catch (ZstdIOException e) {
        throw new MalformedZstdException(String.valueOf(e.getMessage()), e);
      }
      if (count < 0) {
        return;
      }
      decodedBytes += count;
      if (decodedBytes > sizeBytes) {
        throw new MalformedZstdException(
            "it expands past the " + sizeBytes + " bytes that were announced", null);
      }
      blob.write(output, 0, count);
    }
  }

  /** Frees the native memory. May be called more than once. */
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

  /** The pieces one after the other, with an end of input after each. */
  private static final class Pieces extends InputStream {
    private ByteBuffer piece = ByteBuffer.allocate(0);

    @Override
    public int read() {
      return piece.hasRemaining() ? piece.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (!piece.hasRemaining()) {
        return -1;
      }
      int count = Math.min(length, piece.remaining());
      piece.get(bytes, offset, count);
      return count;
    }

    @Override
    public int available() {
      return piece.remaining();
    }
  }
}
