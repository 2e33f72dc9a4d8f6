package build.sparrow.cas;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.compressible;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.frame;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.zstd.MalformedZstdException;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every engine promises of blobs that come and go as zstd, whether it keeps them so or not.
 */
@SuppressWarnings("NullAway.Init")
public abstract class ZstdContract<S extends BlobStore & Closeable> {
  protected static final long CAPACITY_BYTES = 64 << 20;

  /** Of each class that an engine may treat in its own way. */
  protected static final List<Integer> SIZES = List.of(1, 700, 40_000, 400_000, 3_000_000);

  @TempDir protected Path folder;
  protected final ZstdCodec zstd = new ZstdCodec();
  protected S store;

  /** Opens the store in {@link #folder}. */
  protected abstract S open() throws IOException;

  @BeforeEach
  void openFirst() throws IOException {
    store = open();
  }

  @AfterEach
  void closeLast() throws IOException {
    store.close();
  }

  protected void putFrames(Digest digest, ByteString frames, int pieceBytes) throws IOException {
    try (BlobUpload upload = store.writeZstd(SCOPE, digest, zstd)) {
      for (int at = 0; at < frames.size(); at += pieceBytes) {
        upload.write(frames.substring(at, Math.min(frames.size(), at + pieceBytes)));
      }
      upload.commit();
    }
  }

  protected ByteString getFrames(Digest digest, long offset) throws IOException {
    try (InputStream in = store.readZstd(SCOPE, digest, offset, zstd)) {
      return ByteString.readFrom(in);
    }
  }

  protected ByteString get(Digest digest, long offset, long limit) throws IOException {
    try (InputStream in = store.read(SCOPE, digest, offset, limit)) {
      return ByteString.readFrom(in);
    }
  }

  protected ByteString decoded(EncodedBlob blob, int sizeBytes) throws IOException {
    return blob.compressor() == Compressor.ZSTD
        ? zstd.decompress(blob.data(), sizeBytes)
        : blob.data();
  }

  /** Reads the blob in all ways, whole and in part. */
  protected void assertHeld(ByteString blob) throws IOException {
    Digest digest = digestOf(blob);
    int size = blob.size();
    int third = size / 3;

    assertThat(store.findMissing(SCOPE, List.of(digest))).isEmpty();
    assertThat(get(digest, 0, 0)).isEqualTo(blob);
    assertThat(get(digest, third, 0)).isEqualTo(blob.substring(third));
    assertThat(get(digest, third, third))
        .isEqualTo(blob.substring(third, size < 3 ? size : 2 * third));
    assertThat(get(digest, size, 0)).isEmpty();
    assertThat(zstd.decompress(getFrames(digest, 0), size)).isEqualTo(blob);
    assertThat(zstd.decompress(getFrames(digest, third), size)).isEqualTo(blob.substring(third));
    assertThat(store.readAll(SCOPE, List.of(digest))).containsOnly(Map.entry(digest, blob));
    Map<Digest, EncodedBlob> encoded = store.readAllEncoded(SCOPE, List.of(digest));
    assertThat(encoded).containsOnlyKeys(digest);
    for (EncodedBlob one : encoded.values()) {
      assertThat(decoded(one, size)).isEqualTo(blob);
    }
  }

  @Test
  void framesAreTheBlobThatTheyDecodeTo() throws Exception {
    for (int sizeBytes : SIZES) {
      ByteString small = compressible(sizeBytes, sizeBytes);
      ByteString dense = random(sizeBytes, sizeBytes);
      ByteString two = frame(small.substring(0, sizeBytes / 2));
      putFrames(digestOf(small), two.concat(frame(small.substring(sizeBytes / 2))), 10_000);
      putFrames(digestOf(dense), frame(dense), 300_000);

      assertHeld(small);
      assertHeld(dense);
    }
  }

  @Test
  void framesInABatchAreTheBlobsThatTheyDecodeTo() throws Exception {
    ByteString small = compressible(1, 10_000);
    ByteString dense = random(2, 10_000);
    ByteString plain = random(3, 10_000);

    store.writeAll(
        SCOPE,
        Map.of(digestOf(small), small, digestOf(dense), dense, digestOf(plain), plain),
        Map.of(digestOf(small), frame(small), digestOf(dense), frame(dense)));

    for (ByteString blob : List.of(small, dense, plain)) {
      assertHeld(blob);
    }
  }

  @Test
  void theEmptyBlobIsAFrameOfNothing() throws Exception {
    putFrames(digestOf(ByteString.EMPTY), frame(ByteString.EMPTY), 100);

    assertHeld(ByteString.EMPTY);
  }

  @Test
  void framesThatAreNotTheBlobAreRefused() throws Exception {
    for (int sizeBytes : SIZES) {
      ByteString blob = compressible(sizeBytes, sizeBytes);
      Digest digest = digestOf(blob);
      ByteString other = blob.substring(1).concat(text("z"));
      ByteString frame = frame(blob);

      assertRefused(digest, frame(other), DigestMismatchException.class);
      assertRefused(digest, frame(blob.substring(1)), DigestMismatchException.class);
      assertRefused(digest, ByteString.EMPTY, DigestMismatchException.class);
      assertRefused(digest, frame.concat(frame(blob)), malformed(sizeBytes));
      assertRefused(digest, frame.concat(text("more")), malformed(sizeBytes));
      assertRefused(digest, frame.substring(0, frame.size() - 1), malformed(sizeBytes));
      assertRefused(digest, blob, malformed(sizeBytes));
    }
  }

  /** What an upload throws whose bytes are not zstd. */
  protected Class<? extends IOException> malformed(int sizeBytes) {
    return MalformedZstdException.class;
  }

  private void assertRefused(Digest digest, ByteString frames, Class<? extends IOException> why)
      throws IOException {
    assertThatThrownBy(() -> putFrames(digest, frames, 70_000)).isInstanceOf(why);
    assertThat(store.findMissing(SCOPE, List.of(digest))).containsExactly(digest);
  }

  @Test
  void aBlobThatIsNotHeldIsMissing_asFramesToo() {
    assertThatThrownBy(() -> getFrames(unknown(10), 0)).isInstanceOf(BlobMissingException.class);
    assertThatThrownBy(() -> getFrames(unknown(10), 5)).isInstanceOf(BlobMissingException.class);
  }
}
