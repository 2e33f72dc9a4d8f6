package build.sparrow.cas.segment;

import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.cas.zstd.ZstdDecoder;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An upload of zstd frames, which are decoded to be verified and kept as they came. Once it shows
 * that they save too little, what was kept is decoded again and the blob is kept plain.
 */
final class FramesUpload extends BlobUpload {
  /** With fewer bytes nobody knows yet what a large blob will come to. */
  private static final long PROBE_BYTES = 1 << 20;

  /** What a decoder may have taken and not given yet: a block. */
  private static final long UNDECODED_BYTES = 128 << 10;

  private final SegmentStore store;
  private final RecordKey key;
  private final ZstdCodec zstd;
  private final Verification verification;
  private final KeptFrames kept;
  private ZstdDecoder decoder;
  private @Nullable RecordSink plain;
  // Whether what is decoded was verified before.
  private boolean isReplay;
  private boolean stored;

  /**
   * @param zstd decodes, and bounds the memory that this takes
   */
  FramesUpload(SegmentStore store, RecordKey key, ZstdCodec zstd) throws IOException {
    this.store = store;
    this.key = key;
    this.zstd = zstd;
    this.verification = new Verification(key);
    this.kept = new KeptFrames(store, key);
    this.decoder = newDecoder();
  }

  private ZstdDecoder newDecoder() throws IOException {
    return zstd.decoder(key.digest().sizeBytes(), kept.mostHeldBytes(), new Decoded());
  }

  private final class Decoded extends OutputStream {
    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (!isReplay) {
        verification.write(bytes, offset, length);
      }
      if (plain != null) {
        plain.write(bytes, offset, length);
      }
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    write(ByteString.copyFrom(bytes, offset, length));
  }

  @Override
  public void write(ByteString frames) throws IOException {
    if (stored) {
      return;
    }
    if (plain == null && !maySave(kept.bytes() + frames.size())) {
      turnPlain();
    }
    decoder.write(frames);
    if (plain == null) {
      kept.write(frames);
    }
  }

  private boolean maySave(long framesBytes) {
    long decidedBytes = kept.bytes() - UNDECODED_BYTES;
    return Codec.isWorthKeeping(framesBytes, key.digest().sizeBytes())
        && (kept.bytes() < PROBE_BYTES
            || Codec.isWorthKeeping(decidedBytes, verification.takenBytes()));
  }

  private void turnPlain() throws IOException {
    plain = store.sink(key, key.digest().sizeBytes());
    decoder.close();
    decoder = newDecoder();
    isReplay = true;
    kept.replay(decoder);
    isReplay = false;
    kept.close();
  }

  @Override
  public boolean alreadyStored() {
    stored = stored || key.digest().isEmpty() || store.records().use(key);
    return stored;
  }

  @Override
  public void commit() throws IOException {
    if (stored) {
      return;
    }
    decoder.finish();
    verification.finish();
    // Whoever was faster has stored the same bytes.
    if (!key.digest().isEmpty() && !store.records().use(key)) {
      if (plain == null) {
        kept.commit();
      } else {
        plain.commit();
      }
    }
    store.acknowledge();
    stored = true;
  }

  @Override
  public void close() throws IOException {
    try (kept) {
      decoder.close();
    } finally {
      if (plain != null) {
        plain.close();
        plain = null;
      }
    }
  }
}
