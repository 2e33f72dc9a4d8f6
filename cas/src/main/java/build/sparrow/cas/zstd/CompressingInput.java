package build.sparrow.cas.zstd;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** One frame of what another stream gives, compressed as it is read. */
final class CompressingInput extends InputStream {
  private static final int PLAIN_BYTES = 256 << 10;

  private final InputStream plain;
  private final OutputStream frame;
  private final byte[] piece = new byte[PLAIN_BYTES];
  private byte[] ready = new byte[PLAIN_BYTES];
  private int readyFrom;
  private int readyTo;
  private boolean ended;

  CompressingInput(InputStream plain, int level) throws IOException {
    this.plain = plain;
    this.frame = new ZstdOutputStreamNoFinalizer(new Ready(), RecyclingBufferPool.INSTANCE, level);
  }

  /** Takes what the compressor gives; for one piece that is little more than the piece. */
  private final class Ready extends OutputStream {
    @Override
    public void write(int octet) {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (ready.length - readyTo < length) {
        ready = Arrays.copyOf(ready, readyTo + length);
      }
      System.arraycopy(bytes, offset, ready, readyTo, length);
      readyTo += length;
    }
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
    while (readyFrom == readyTo) {
      if (ended) {
        return -1;
      }
      compressPiece();
    }
    int count = Math.min(length, readyTo - readyFrom);
    System.arraycopy(ready, readyFrom, bytes, offset, count);
    readyFrom += count;
    return count;
  }

  private void compressPiece() throws IOException {
    readyFrom = 0;
    readyTo = 0;
    int count = plain.readNBytes(piece, 0, piece.length);
    frame.write(piece, 0, count);
    if (count < piece.length) {
      ended = true;
      frame.close();
    }
  }

  @Override
  public void close() throws IOException {
    try (plain) {
      if (!ended) {
        ended = true;
        frame.close();
      }
    }
  }
}
