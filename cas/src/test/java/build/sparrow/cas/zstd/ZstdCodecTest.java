package build.sparrow.cas.zstd;

import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class ZstdCodecTest {
  private static final int MEBIBYTE = 1 << 20;

  private final ZstdCodec codec = new ZstdCodec();

  /** Decodes in pieces of that size. */
  private ByteString decode(ByteString compressed, long sizeBytes, int pieceBytes)
      throws IOException {
    ByteArrayOutputStream blob = new ByteArrayOutputStream();
    try (ZstdDecoder decoder = codec.decoder(sizeBytes, blob)) {
      for (int i = 0; i < compressed.size(); i += pieceBytes) {
        decoder.write(compressed.substring(i, Math.min(compressed.size(), i + pieceBytes)));
      }
      decoder.finish();
    }
    return ByteString.copyFrom(blob.toByteArray());
  }

  private static ByteString frame(ByteString blob) {
    return ByteString.copyFrom(Zstd.compress(blob.toByteArray(), 3));
  }

  /** A frame as a sender writes it that does not know the size beforehand. */
  private static ByteString streamedFrame(ByteString blob) throws IOException {
    ByteString.Output frame = ByteString.newOutput();
    try (OutputStream out = new ZstdOutputStreamNoFinalizer(frame, 3)) {
      blob.writeTo(out);
    }
    return frame.toByteString();
  }

  private static ByteString compressible(int sizeBytes) {
    ByteString line = text("all work and no play makes a dull test\n");
    ByteString.Output blob = ByteString.newOutput(sizeBytes);
    for (int left = sizeBytes; left > 0; left -= line.size()) {
      try {
        line.substring(0, Math.min(left, line.size())).writeTo(blob);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return blob.toByteString();
  }

  @Test
  void whatIsCompressedDecompressesToItself_inWhateverPieces() throws Exception {
    for (ByteString blob :
        new ByteString[] {
          ByteString.EMPTY, text("x"), random(1, 300_000), compressible(3 * MEBIBYTE)
        }) {
      ByteString streamed;
      try (InputStream in = codec.compressing(blob.newInput(), blob.size())) {
        streamed = ByteString.readFrom(in);
      }
      for (ByteString compressed :
          new ByteString[] {codec.compress(blob), streamed, streamedFrame(blob)}) {
        assertThat(codec.decompress(compressed, blob.size())).isEqualTo(blob);
        assertThat(decode(compressed, blob.size(), MEBIBYTE)).isEqualTo(blob);
        assertThat(decode(compressed, blob.size(), 1_000)).isEqualTo(blob);
        try (InputStream in = codec.decoding(compressed.newInput(), blob.size())) {
          assertThat(ByteString.readFrom(in)).isEqualTo(blob);
        }
      }
      assertThat(decode(codec.compress(blob).substring(0), blob.size(), 1 + blob.size() / 1_000))
          .isEqualTo(blob);
    }
  }

  @Test
  void framesOneAfterTheOtherAreOneBlob() throws Exception {
    ByteString one = compressible(100_000);
    ByteString two = random(2, 100_000);
    ByteString frames =
        frame(one).concat(frame(ByteString.EMPTY)).concat(streamedFrame(two)).concat(frame(one));
    ByteString blob = one.concat(two).concat(one);

    assertThat(decode(frames, blob.size(), 777)).isEqualTo(blob);
    assertThat(decode(frames, blob.size(), frames.size())).isEqualTo(blob);
    assertThat(codec.decompress(frames, blob.size())).isEqualTo(blob);
  }

  @Test
  void aBombStopsAtTheAnnouncedSize_withBoundedMemory() throws Exception {
    ByteString bomb = zeros(1L << 30);
    CountingOutput blob = new CountingOutput();

    assertThat(bomb.size()).isLessThan(200_000);
    try (ZstdDecoder decoder = codec.decoder(1_024, blob)) {
      assertThatThrownBy(() -> decoder.write(bomb))
          .isInstanceOf(MalformedZstdException.class)
          .hasMessageContaining("expands past the 1024 bytes that were announced");
      assertThat(codec.decoderKibibytes()).isLessThanOrEqualTo(300);
    }

    assertThat(blob.bytes).isLessThanOrEqualTo(1_024);
    assertThat(codec.decoderKibibytes()).isZero();
    assertThatThrownBy(() -> codec.decompress(bomb, 1_024))
        .isInstanceOf(MalformedZstdException.class)
        .hasMessageContaining("announced: 1024 bytes");
  }

  private static ByteString zeros(long sizeBytes) throws IOException {
    ByteString.Output frame = ByteString.newOutput();
    byte[] zeros = new byte[MEBIBYTE];
    try (OutputStream out = new ZstdOutputStreamNoFinalizer(frame, 1)) {
      for (long left = sizeBytes; left > 0; left -= zeros.length) {
        out.write(zeros);
      }
    }
    return frame.toByteString();
  }

  @Test
  void aWindowAbove8MebibytesIsRefused() throws Exception {
    ByteString blob = compressible(20 * MEBIBYTE);
    for (int windowLog : new int[] {23, 24, 27}) {
      byte[] frame;
      try (ZstdCompressCtx context = new ZstdCompressCtx()) {
        context.setLevel(1).setWindowLog(windowLog);
        frame = context.compress(blob.toByteArray());
      }
      ByteString compressed = ByteString.copyFrom(frame);
      if (windowLog == 23) {
        assertThat(decode(compressed, blob.size(), MEBIBYTE)).isEqualTo(blob);
      } else {
        assertThatThrownBy(() -> decode(compressed, blob.size(), MEBIBYTE))
            .isInstanceOf(MalformedZstdException.class)
            .hasMessageContaining("window up to 8 MiB");
      }
    }
  }

  @Test
  void whatEndsTooEarlyIsRefused() throws Exception {
    ByteString frame = frame(random(3, 10_000));

    for (int cut : new int[] {1, 5, 9_000}) {
      ByteString truncated = frame.substring(0, frame.size() - cut);
      assertThatThrownBy(() -> decode(truncated, 10_000, 4_096))
          .isInstanceOf(MalformedZstdException.class)
          .hasMessageContaining("Truncated");
      assertThatThrownBy(() -> codec.decompress(truncated, 10_000))
          .isInstanceOf(MalformedZstdException.class);
    }
  }

  @Test
  void garbageIsRefused_aloneAndAfterAFrame() {
    for (ByteString garbage : new ByteString[] {text("no zstd at all"), text("g")}) {
      ByteString trailing = frame(random(4, 5_000)).concat(garbage);
      assertThatThrownBy(() -> decode(garbage, 100, 3)).isInstanceOf(MalformedZstdException.class);
      assertThatThrownBy(() -> decode(trailing, 5_000, 1_000))
          .isInstanceOf(MalformedZstdException.class);
      assertThatThrownBy(() -> codec.decompress(trailing, 5_000))
          .isInstanceOf(MalformedZstdException.class);
    }
  }

  private static final class CountingOutput extends OutputStream {
    private long bytes;

    @Override
    public void write(int octet) {
      bytes++;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      bytes += length;
    }
  }
}
