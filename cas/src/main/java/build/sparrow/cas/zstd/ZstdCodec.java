package build.sparrow.cas.zstd;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Compresses and decompresses blobs; safe for many threads. */
public final class ZstdCodec {
  /** The largest window that a sender may ask for, as the logarithm of its bytes. */
  static final int MAX_WINDOW_LOG = 23;

  // 650 MB/s and core; the next levels win little in size on objects and archives.
  private static final int LEVEL = 1;
  private static final int MAX_COMPRESSED_AT_ONCE_BYTES = 256 << 10;
  private static final int DECODER_MEMORY_MEBIBYTES = 256;
  private static final int DECODER_STATE_BYTES = 256 << 10;
  private static final int DECODER_WAIT_SECONDS = 20;

  private final ContextPool<ZstdCompressCtx> compressors =
      new ContextPool<>(() -> new ZstdCompressCtx().setLevel(LEVEL), ZstdCompressCtx::close);
  private final ContextPool<ZstdDecompressCtx> decompressors =
      new ContextPool<>(ZstdDecompressCtx::new, ZstdDecompressCtx::close);
  // In KiB.
  private final Semaphore decoderMemory = new Semaphore(DECODER_MEMORY_MEBIBYTES << 10, true);

  /** Compresses a blob that is in memory, to one frame. */
  public ByteString compress(ByteString blob) {
    ZstdCompressCtx context = compressors.take();
    try {
      return UnsafeByteOperations.unsafeWrap(context.compress(blob.toByteArray()));
    } finally {
      compressors.giveBack(context);
    }
  }

  /**
   * Decompresses a blob that is in memory: any number of frames.
   *
   * @param sizeBytes what the blob has been announced with; no more room is taken
   * @return the blob, which may be shorter than announced
   * @throws MalformedZstdException also if there is more than was announced
   */
  public ByteString decompress(ByteString compressed, int sizeBytes) throws MalformedZstdException {
    byte[] blob = new byte[sizeBytes];
    ZstdDecompressCtx context = decompressors.take();
    try {
      byte[] source = compressed.toByteArray();
      int count = context.decompressByteArray(blob, 0, sizeBytes, source, 0, source.length);
      return UnsafeByteOperations.unsafeWrap(blob, 0, count);
    } catch (ZstdException e) {
      throw new MalformedZstdException(e.getMessage() + " (announced: " + sizeBytes + " bytes)", e);
    } finally {
      decompressors.giveBack(context);
    }
  }

  /**
   * Compresses a blob, or the rest of one, as it is read, to one frame.
   *
   * @param plain closed with the stream that is returned
   * @param sizeBytes what it gives
   */
  public InputStream compressing(InputStream plain, long sizeBytes) throws IOException {
    if (sizeBytes > MAX_COMPRESSED_AT_ONCE_BYTES) {
      return new CompressingInput(plain, LEVEL);
    }
    try (plain) {
      return compress(ByteString.readFrom(plain)).newInput();
    }
  }

  /**
   * Decodes a blob as it is read; waits while all decoders together have taken the memory they may.
   *
   * @param frames decode to {@code sizeBytes}; closed with the stream that is returned, which
   *     throws {@link MalformedZstdException} where they do not
   * @throws DecodersBusyException if none became free in time
   */
  public InputStream decoding(InputStream frames, long sizeBytes) throws IOException {
    Runnable onClose = takeMemory(sizeBytes, 0);
    try {
      return new DecodingInput(frames, sizeBytes, onClose);
    } catch (IOException | RuntimeException e) {
      onClose.run();
      throw e;
    }
  }

  /**
   * A decoder for a blob that comes in pieces; waits while all decoders together have taken the
   * memory they may. The caller closes it.
   *
   * @param sizeBytes what the blob has been announced with
   * @param blob takes what was decompressed, at most as much as was announced
   * @throws DecodersBusyException if none became free in time
   */
  public ZstdDecoder decoder(long sizeBytes, OutputStream blob) throws IOException {
    return decoder(sizeBytes, 0, blob);
  }

  /**
   * As {@link #decoder(long, OutputStream)}, for who holds compressed bytes until the decoder is
   * closed.
   *
   * @param heldBytes the most of them, which count as the decoder's own memory
   */
  public ZstdDecoder decoder(long sizeBytes, long heldBytes, OutputStream blob) throws IOException {
    return new ZstdDecoder(sizeBytes, blob, takeMemory(sizeBytes, heldBytes));
  }

  /** Returns what gives the memory back. */
  private Runnable takeMemory(long sizeBytes, long heldBytes) throws IOException {
    // A window is filled from its start: what a short blob does not fill is never touched.
    long bytes = DECODER_STATE_BYTES + Math.min(1L << MAX_WINDOW_LOG, sizeBytes) + heldBytes;
    int kibibytes = (int) (bytes >> 10);
    try {
      if (!decoderMemory.tryAcquire(kibibytes, DECODER_WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new DecodersBusyException(
            "Compressed blobs take all of the %d MiB that their decoders may; try again"
                .formatted(DECODER_MEMORY_MEBIBYTES));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while waiting for a decoder");
    }
    return () -> decoderMemory.release(kibibytes);
  }

  /** Native memory that decoders hold now, in KiB. */
  int decoderKibibytes() {
    return (DECODER_MEMORY_MEBIBYTES << 10) - decoderMemory.availablePermits();
  }
}
