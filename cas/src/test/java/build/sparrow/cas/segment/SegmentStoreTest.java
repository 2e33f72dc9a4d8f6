package build.sparrow.cas.segment;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.disk.ManualStoreClock;
import build.sparrow.cas.disk.SimulatedDisk;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class SegmentStoreTest {
  private static final Duration LEASE = Duration.ofHours(3);
  private static final int CAPACITY_BYTES = 2 << 20;
  private static final int BLOB_BYTES = 3_000;

  @TempDir Path folder;
  private final SimulatedDisk disk = new SimulatedDisk();
  private final ManualStoreClock clock = new ManualStoreClock();
  private SegmentStore segments;
  private SegmentedBlobStore store;

  @BeforeEach
  void open() throws IOException {
    segments =
        SegmentStore.open(
            disk,
            folder,
            clock,
            new SegmentStore.Options(CAPACITY_BYTES, LEASE, Durability.GROUPED));
    store = new SegmentedBlobStore(segments, () -> {});
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private Digest put(long seed) throws IOException {
    ByteString blob = random(seed, BLOB_BYTES);
    store.writeAll(SCOPE, Map.of(digestOf(blob), blob));
    return digestOf(blob);
  }

  private List<Digest> put(long seed, int count) throws IOException {
    List<Digest> stored = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      stored.add(put(seed + i));
    }
    return stored;
  }

  private boolean isMissing(Digest digest) {
    return !store.findMissing(SCOPE, List.of(digest)).isEmpty();
  }

  @Test
  void leasesThatWereRenewedSurviveACrash() throws Exception {
    Digest renewed = put(1);
    put(1_000, 400);
    segments.sync();
    clock.advance(LEASE.plusMinutes(10));
    assertThat(isMissing(renewed)).isFalse();
    segments.upkeep();

    segments.release();
    open();
    clock.advance(LEASE.minusMinutes(1));
    List<Digest> younger = put(2_000, 400);

    assertThat(store.usage().evictedEntries()).isPositive();
    assertThat(isMissing(renewed)).isFalse();
    assertThat(store.findMissing(SCOPE, younger)).isEmpty();
  }

  @Test
  void aFullVolumeStopsWritesAndNoReads_untilThereIsRoom() throws Exception {
    List<Digest> held = put(1, 50);
    disk.freeBytes(10_000);

    assertThatThrownBy(() -> put(1_000, 100))
        .isInstanceOf(StoreFullException.class)
        .hasMessageContaining("The disk of " + folder + " is full");

    assertThat(store.usage().isReadOnly()).isTrue();
    assertThat(store.findMissing(SCOPE, held)).isEmpty();
    assertThat(store.readAll(SCOPE, held)).hasSize(50);
    disk.freeBytes(10 << 20);
    assertThatThrownBy(() -> put(5_000)).isInstanceOf(StoreFullException.class);
    clock.advance(Room.FULL_DISK_PAUSE);
    assertThat(isMissing(put(5_000))).isFalse();
    assertThat(store.usage().isReadOnly()).isFalse();
    segments.release();
    open();
    assertThat(store.findMissing(SCOPE, held)).isEmpty();
  }

  @Test
  void aDiskThatDoesNotKeepWhatItIsGivenIsWrittenToNoMore() throws Exception {
    List<Digest> safe = put(1, 50);
    segments.sync();
    AtomicInteger told = new AtomicInteger();
    store.whenDiskFails(told::incrementAndGet);
    List<Digest> atRisk = put(1_000, 50);
    disk.failNextSync();

    assertThatThrownBy(segments::sync).hasMessage("Input/output error");

    assertThatThrownBy(segments::sync).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> put(2_000))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(
            "The disk of %s could not keep what was written to it (Input/output error)"
                .formatted(folder));
    assertThat(store.fault()).isPresent();
    assertThat(store.usage().isReadOnly()).isTrue();
    assertThat(told).hasValue(1);
    store.whenDiskFails(told::incrementAndGet);
    assertThat(told).hasValue(2);
    assertThat(store.readAll(SCOPE, safe)).hasSize(50);
    assertThat(store.readAll(SCOPE, atRisk)).hasSize(50);

    disk.cutPower(new Random(7));
    segments.release();
    open();
    assertThat(store.readAll(SCOPE, safe)).hasSize(50);
    assertThat(isMissing(put(2_000))).isFalse();
  }

  @Test
  void anUploadThatBeganBeforeTheDiskFailedIsNotAcknowledged() throws Exception {
    ByteString blob = random(1, BLOB_BYTES);
    try (BlobUpload upload = store.write(SCOPE, digestOf(blob))) {
      upload.write(blob);
      put(2);
      disk.failNextSync();
      assertThatThrownBy(segments::sync).hasMessage("Input/output error");

      assertThatThrownBy(upload::commit).isInstanceOf(StoreUnavailableException.class);
    }
  }

  @Test
  void aLargeUploadThatBeganBeforeTheDiskFailedIsNotAcknowledged() throws Exception {
    ByteString blob = random(1, CAPACITY_BYTES / 16);
    try (BlobUpload upload = store.write(SCOPE, digestOf(blob))) {
      upload.write(blob);
      disk.failNextSync();
      assertThatThrownBy(segments::sync).hasMessage("Input/output error");

      assertThatThrownBy(upload::commit).isInstanceOf(StoreUnavailableException.class);
    }
  }

  @Test
  void upkeepEvictsNothingFromADiskThatFailed() throws Exception {
    put(1, 600);
    segments.sync();
    clock.advance(LEASE.plusMinutes(10));
    put(5_000);
    disk.failNextSync();
    assertThatThrownBy(segments::sync).hasMessage("Input/output error");
    long before = store.usage().entries();

    segments.upkeep();

    assertThat(store.usage().entries()).isEqualTo(before);
  }

  @Test
  void nothingIsEvictedForCopiesThatTheDiskMayNotHave() throws Exception {
    List<Digest> leased = put(1, 400);
    segments.sync();
    clock.advance(LEASE.plusMinutes(10));
    assertThat(store.findMissing(SCOPE, leased)).isEmpty();
    disk.failNextSync();

    assertThatThrownBy(() -> put(10_000, 2_000)).isInstanceOf(IOException.class);

    assertThat(store.readAll(SCOPE, leased)).hasSize(400);
  }

  @Test
  void aVolumeSmallerThanTheCapacityIsWhatCounts() throws Exception {
    disk.freeBytes(1 << 20);
    for (int i = 0; i < 10; i++) {
      put(i * 1_000L, 100);
      segments.sync();
      clock.advance(LEASE.plusMinutes(10));
    }

    assertThat(store.usage().evictedEntries()).isPositive();
    assertThat(store.usage().usedBytes()).isLessThan(1 << 20);
  }

  @Test
  void theScrubFindsWhatIsCorrupt_andLeavesTheRest() throws Exception {
    List<Digest> held = put(1, 100);
    segments.close();
    Path first =
        disk.files().stream().filter(file -> Segment.idOf(file) >= 0).findFirst().orElseThrow();
    byte[] bytes = disk.bytes(first);
    bytes[bytes.length / 2] ^= 4;
    disk.damage(first, bytes);
    open();

    segments.scrub().pass(_ -> true);

    assertThat(store.usage().corruptEntries()).isEqualTo(1);
    assertThat(store.findMissing(SCOPE, held)).hasSize(1);
    assertThat(segments.scrub().verifiedBytes()).isGreaterThan(99L * BLOB_BYTES);
    segments.close();
    open();
    assertThat(store.findMissing(SCOPE, held)).hasSize(1);
  }

  @Test
  void aSegmentThatSomebodyDeletedIsMissing() throws Exception {
    List<Digest> held = put(1, 100);
    segments.close();
    open();
    disk.delete(
        disk.files().stream().filter(file -> Segment.idOf(file) >= 0).findFirst().orElseThrow());

    Map<Digest, ByteString> read = store.readAll(SCOPE, held);
    segments.close();
    open();

    assertThat(store.findMissing(SCOPE, held)).hasSizeGreaterThan(0);
    assertThat(store.readAll(SCOPE, held).size()).isLessThanOrEqualTo(read.size());
  }

  @Test
  void aFolderOfAnotherFormatIsRefused() throws Exception {
    segments.close();
    assertRefused(
        "sparrow segments, format 3\n", "has format 3, while this version reads formats up to 2");
    assertRefused("sparrow segments, format 2\nmade of wood\n", "is damaged");
    assertRefused("", "is damaged");
    open();
  }

  private void assertRefused(String format, String message) throws IOException {
    byte[] before = disk.bytes(folder.resolve("format"));
    disk.damage(folder.resolve("format"), format.getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining(message);
    disk.damage(folder.resolve("format"), before);
  }

  @Test
  void segmentsWithoutTheirFormatAreRefused() throws Exception {
    put(1);
    segments.close();
    byte[] format = disk.bytes(folder.resolve("format"));
    disk.delete(folder.resolve("format"));

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds segments, but the file format");

    disk.create(folder.resolve("format")).close();
    disk.damage(folder.resolve("format"), format);
    open();
  }

  @Test
  void whatIsWrittenAgainAndAgainIsCopiedLittle() throws Exception {
    long written = 0;
    for (int i = 0; i < 4_000; i++) {
      Digest stored = put(i);
      written += BLOB_BYTES;
      clock.advance(Duration.ofMinutes(1));
      if (i % 5 == 0) {
        clock.advance(Duration.ofMinutes(10));
        assertThat(isMissing(stored)).isFalse();
      }
      segments.sync();
    }

    assertThat(store.usage().evictedEntries()).isPositive();
    assertThat(segments.copiedBytes()).isLessThan(written * 3 / 10);
  }
}
