package build.sparrow.cas.segment;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.compressible;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.frame;
import static build.sparrow.cas.SampleBlobs.random;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.EncodedBlob;
import build.sparrow.cas.ZstdContract;
import build.sparrow.cas.disk.Disk;
import build.sparrow.cas.disk.ManualStoreClock;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
class SegmentedZstdTest extends ZstdContract<SegmentedBlobStore> {
  private static final Duration LEASE = Duration.ofHours(3);

  private final ManualStoreClock clock = new ManualStoreClock();
  private SegmentStore segments;

  @Override
  protected SegmentedBlobStore open() throws IOException {
    return open(CAPACITY_BYTES);
  }

  private SegmentedBlobStore open(long capacityBytes) throws IOException {
    segments =
        SegmentStore.open(
            Disk.system(),
            folder,
            clock,
            new SegmentStore.Options(capacityBytes, LEASE, Durability.GROUPED));
    return new SegmentedBlobStore(segments, () -> {});
  }

  private void reopen(long capacityBytes) throws IOException {
    store.close();
    store = open(capacityBytes);
  }

  /** Two frames and one that clients skip, which no encoder of ours would make so. */
  private static ByteString frames(ByteString blob) {
    int half = blob.size() / 2;
    byte[] skipped = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
    return frame(blob.substring(0, half))
        .concat(ByteString.copyFrom(skipped))
        .concat(frame(blob.substring(half)));
  }

  @Test
  void framesAreKeptAsTheyCame_throughRestartAndScrub() throws Exception {
    for (int sizeBytes : List.of(700, 40_000, 400_000, 3_000_000)) {
      ByteString blob = compressible(sizeBytes, sizeBytes);
      putFrames(digestOf(blob), frames(blob), 33_333);

      assertThat(getFrames(digestOf(blob), 0)).isEqualTo(frames(blob));
      reopen(CAPACITY_BYTES);
      assertThat(getFrames(digestOf(blob), 0)).isEqualTo(frames(blob));
      assertThat(store.readAllEncoded(SCOPE, List.of(digestOf(blob))))
          .containsOnly(Map.entry(digestOf(blob), new EncodedBlob(Compressor.ZSTD, frames(blob))));
      assertHeld(blob);
    }

    segments.scrub().pass(_ -> true);

    assertThat(store.usage().corruptEntries()).isZero();
    assertThat(store.usage().entries()).isEqualTo(4);
  }

  @Test
  void framesOfABatchAreKeptAsTheyCame_ifTheySaveBytes() throws Exception {
    for (int sizeBytes : List.of(10_000, 400_000)) {
      assertFramesOfABatchAreKept(sizeBytes);
    }
  }

  private void assertFramesOfABatchAreKept(int sizeBytes) throws IOException {
    ByteString blob = compressible(1, sizeBytes);
    ByteString dense = random(1, sizeBytes);

    store.writeAll(
        SCOPE,
        Map.of(digestOf(blob), blob, digestOf(dense), dense),
        Map.of(digestOf(blob), frames(blob), digestOf(dense), frames(dense)));

    assertThat(store.readAllEncoded(SCOPE, List.of(digestOf(blob), digestOf(dense))))
        .containsOnly(
            Map.entry(digestOf(blob), new EncodedBlob(Compressor.ZSTD, frames(blob))),
            Map.entry(digestOf(dense), new EncodedBlob(Compressor.IDENTITY, dense)));
  }

  @Test
  void framesThatSaveTooLittleAreDropped_whereverThatShows() throws Exception {
    ByteString dense = random(1, 3_000_000);
    ByteString denseAtTheEnd = compressible(2, 2_000_000).concat(random(2, 22_000_000));
    ByteString denseAndSmall = random(3, 300_000);
    for (ByteString blob : List.of(dense, denseAtTheEnd, denseAndSmall)) {
      putFrames(digestOf(blob), frames(blob), 256 << 10);

      assertThat(getFrames(digestOf(blob), 0)).isNotEqualTo(frames(blob));
      assertThat(get(digestOf(blob), 0, 0)).isEqualTo(blob);
    }
    assertThat(zstd.decompress(frames(dense), dense.size())).isEqualTo(dense);
  }

  @Test
  void whatIsKeptAsFramesTakesAsMuchRoomAsTheFrames() throws Exception {
    long before = store.usage().usedBytes();
    ByteString blob = ByteString.copyFrom(new byte[30_000_000]);

    putFrames(digestOf(blob), frames(blob), 256 << 10);

    assertThat(store.usage().usedBytes() - before).isLessThan(100_000);
    assertHeldInParts(blob);
  }

  private void assertHeldInParts(ByteString blob) throws IOException {
    assertThat(get(digestOf(blob), 0, 0)).isEqualTo(blob);
    assertThat(get(digestOf(blob), 20_000_000, 1_000))
        .isEqualTo(blob.substring(20_000_000, 20_001_000));
  }

  @Test
  void framesThatAreCopiedForTheirLeaseStayFrames() throws Exception {
    reopen(2 << 20);
    List<ByteString> leased = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ByteString blob = compressible(i, 3_000);
      leased.add(blob);
      putFrames(digestOf(blob), frames(blob), 3_000);
    }
    segments.sync();

    for (int i = 0; segments.copiedBytes() == 0 && i < 10_000; i++) {
      ByteString filling = random(1_000 + i, 3_000);
      store.writeAll(SCOPE, Map.of(digestOf(filling), filling));
      clock.advance(Duration.ofMinutes(1));
      store.findMissing(SCOPE, leased.stream().map(blob -> digestOf(blob)).toList());
      segments.sync();
    }

    assertThat(segments.copiedBytes()).isPositive();
    for (ByteString blob : leased) {
      Digest digest = digestOf(blob);
      assertThat(getFrames(digest, 0)).isEqualTo(frames(blob));
      assertThat(get(digest, 0, 0)).isEqualTo(blob);
    }
  }

  @Test
  void aStoreOfTheFormatBeforeIsTakenOver_andNotOpenedByWhatKnowsThatOneOnly() throws Exception {
    ByteString blob = random(1, 1_000);
    store.writeAll(SCOPE, Map.of(digestOf(blob), blob));
    store.close();
    String format = Files.readString(folder.resolve("format"), StandardCharsets.US_ASCII);
    Files.writeString(folder.resolve("format"), format.replace("format 2", "format 1"));

    store = open();

    assertThat(get(digestOf(blob), 0, 0)).isEqualTo(blob);
    assertThat(folder.resolve("format")).hasContent(format);
  }
}
