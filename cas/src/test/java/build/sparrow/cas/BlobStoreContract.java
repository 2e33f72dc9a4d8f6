package build.sparrow.cas;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.disk.ManualStoreClock;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine that keeps blobs in a folder promises. */
@SuppressWarnings("NullAway.Init")
public abstract class BlobStoreContract<S extends ListedBlobStore & Closeable> {
  protected static final Duration LEASE = Duration.ofHours(3);

  /** After so long no lease is left, however an engine rounds. */
  protected static final Duration PAST_LEASE = LEASE.plusMinutes(10);

  protected static final long CAPACITY_BYTES = 2 << 20;

  /** Of each class that an engine may treat in its own way. */
  protected static final List<Integer> SIZES = List.of(500, 10_000, 200_000);

  private static final int FILLING_BYTES = 3_000;

  @TempDir protected Path folder;
  protected final ManualStoreClock clock = new ManualStoreClock();
  protected S store;

  /** Opens the store in {@link #folder}, by {@link #clock}, with {@link #LEASE}. */
  protected abstract S open(long capacityBytes) throws IOException;

  @BeforeEach
  void openFirst() throws IOException {
    store = open(CAPACITY_BYTES);
  }

  protected S reopen(long capacityBytes) throws Exception {
    store.close();
    store = open(capacityBytes);
    return store;
  }

  @AfterEach
  void closeLast() throws Exception {
    store.close();
  }

  protected Digest put(ByteString blob) throws IOException {
    Digest digest = digestOf(blob);
    try (BlobUpload upload = store.write(SCOPE, digest)) {
      upload.write(blob);
      upload.commit();
    }
    return digest;
  }

  protected ByteString get(Digest digest) throws IOException {
    try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
      return ByteString.readFrom(in);
    }
  }

  protected boolean isMissing(Digest digest) throws IOException {
    return !store.findMissing(SCOPE, List.of(digest)).isEmpty();
  }

  /** Puts blobs that nobody has had before until one does not fit; returns those that did. */
  protected List<Digest> fill(long seed) throws IOException {
    return fill(seed, FILLING_BYTES);
  }

  private List<Digest> fill(long seed, int sizeBytes) throws IOException {
    List<Digest> stored = new ArrayList<>();
    while (stored.size() < 2 * CAPACITY_BYTES / sizeBytes) {
      try {
        stored.add(put(random(seed + stored.size(), sizeBytes)));
      } catch (StoreFullException e) {
        return stored;
      }
    }
    throw new AssertionError("The store takes more than its capacity");
  }

  protected long bytesOnDisk() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  @Test
  void namesWhatItHolds_andOfAskedNamespacesOnly() throws Exception {
    BlobScope other = new BlobScope(new InstanceName("other"), DigestFunction.SHA256);
    Set<Digest> stored = new HashSet<>();
    for (int size : SIZES) {
      stored.add(put(random(size, size)));
    }
    store.writeAll(other, Map.of(digestOf(text("elsewhere")), text("elsewhere")));
    assertThat(listed(SCOPE)).isEqualTo(stored);

    reopen(CAPACITY_BYTES);
    stored.add(put(text("more")));

    assertThat(listed(SCOPE)).isEqualTo(stored);
    assertThat(listed(other)).containsExactly(digestOf(text("elsewhere")));
  }

  private Set<Digest> listed(BlobScope scope) throws IOException {
    Set<Digest> listed = new HashSet<>();
    store.list(
        List.of(scope),
        (of, digest) -> {
          assertThat(of).isEqualTo(scope);
          listed.add(digest);
        });
    return listed;
  }

  @Test
  void blobsAreFoundAgain_whicheverWayTheyCameIn() throws Exception {
    ByteString streamed = random(1, 300_000);
    ByteString batched = text("batched");
    put(streamed);
    store.writeAll(SCOPE, Map.of(digestOf(batched), batched));
    store.writeFrom(SCOPE, digestOf(text("copied")), () -> text("copied").newInput());

    assertThat(get(digestOf(streamed))).isEqualTo(streamed);
    assertThat(get(digestOf(text("copied")))).isEqualTo(text("copied"));
    assertThat(store.readAll(SCOPE, List.of(digestOf(batched), digestOf(streamed), unknown(7))))
        .containsOnly(
            Map.entry(digestOf(batched), batched), Map.entry(digestOf(streamed), streamed));
    assertThat(store.findMissing(SCOPE, List.of(digestOf(streamed), unknown(7))))
        .containsExactly(unknown(7));
  }

  @Test
  void blobsOfAnySizeSurviveARestart() throws Exception {
    for (int sizeBytes : List.of(1, 500, 10_000, 65_536, 65_537, 131_072, 200_000)) {
      assertSurvives(sizeBytes);
    }
  }

  private void assertSurvives(int sizeBytes) throws Exception {
    ByteString streamed = random(sizeBytes, sizeBytes);
    ByteString batched = random(sizeBytes + 1L, sizeBytes);
    put(streamed);
    store.writeAll(SCOPE, Map.of(digestOf(batched), batched));

    for (int round = 0; round < 2; round++) {
      assertThat(get(digestOf(streamed))).isEqualTo(streamed);
      assertThat(store.readAll(SCOPE, List.of(digestOf(streamed), digestOf(batched))))
          .containsOnly(
              Map.entry(digestOf(streamed), streamed), Map.entry(digestOf(batched), batched));
      reopen(CAPACITY_BYTES);
    }
  }

  @Test
  void partsAreRead() throws Exception {
    for (int sizeBytes : SIZES) {
      assertPartsAreRead(sizeBytes);
    }
  }

  private void assertPartsAreRead(int sizeBytes) throws Exception {
    ByteString blob = random(2, sizeBytes);
    Digest digest = put(blob);
    int tenth = sizeBytes / 10;

    try (InputStream middle = store.read(SCOPE, digest, tenth, 5L * tenth);
        InputStream tail = store.read(SCOPE, digest, sizeBytes - 10, 0);
        InputStream beyond = store.read(SCOPE, digest, sizeBytes - 10, 1_000);
        InputStream end = store.read(SCOPE, digest, sizeBytes, 0)) {
      assertThat(middle.readAllBytes()).isEqualTo(blob.substring(tenth, 6 * tenth).toByteArray());
      assertThat(tail.readAllBytes()).isEqualTo(blob.substring(sizeBytes - 10).toByteArray());
      assertThat(beyond.readAllBytes()).hasSize(10);
      assertThat(end.readAllBytes()).isEmpty();
    }
    assertThatThrownBy(() -> store.read(SCOPE, digest, sizeBytes + 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(sizeBytes + 1));
  }

  @Test
  void theEmptyBlobIsAlwaysThere_andTakesNoRoom() throws Exception {
    Digest empty = DigestFunction.SHA256.emptyDigest();
    long before = bytesOnDisk();

    assertThat(isMissing(empty)).isFalse();
    assertThat(get(empty)).isEmpty();
    assertThat(store.readAll(SCOPE, List.of(empty))).containsEntry(empty, ByteString.EMPTY);
    put(ByteString.EMPTY);
    store.writeAll(SCOPE, Map.of(empty, ByteString.EMPTY));
    assertThat(bytesOnDisk()).isEqualTo(before);
  }

  @Test
  void blobsAreSeenInTheirNamespaceOnly() throws Exception {
    ByteString blob = text("secret");
    Digest digest = put(blob);

    for (String name : List.of("other", "a/b", "ünïcode " + "x".repeat(240), "n-")) {
      BlobScope other = new BlobScope(new InstanceName(name), DigestFunction.SHA256);
      assertThat(store.findMissing(other, List.of(digest))).containsExactly(digest);
      assertThatThrownBy(() -> store.read(other, digest, 0, 0))
          .isInstanceOf(BlobMissingException.class)
          .hasMessage("Blob " + digest + " is not in the store");
      store.writeAll(other, Map.of(digest, blob));
      assertThat(store.findMissing(other, List.of(digest))).isEmpty();
    }
    reopen(CAPACITY_BYTES);
    BlobScope unseen = new BlobScope(new InstanceName("unseen"), DigestFunction.SHA256);
    assertThat(store.findMissing(unseen, List.of(digest))).containsExactly(digest);
    assertThat(get(digest)).isEqualTo(blob);
  }

  @Test
  void wrongBytesAreRefused_andNothingBecomesVisible() throws Exception {
    for (int sizeBytes : SIZES) {
      assertWrongBytesAreRefused(sizeBytes);
    }
  }

  private void assertWrongBytesAreRefused(int sizeBytes) throws Exception {
    ByteString good = random(1, sizeBytes);
    ByteString evil = random(2, sizeBytes);
    Digest announced = digestOf(good);

    assertRefused(announced, evil)
        .hasMessage(
            "blob has SHA-256 %s, while %s was announced", digestOf(evil).hash(), announced.hash());
    assertRefused(announced, good.substring(1))
        .hasMessageContaining(
            "blob has %d bytes, while %d were announced", sizeBytes - 1, sizeBytes);
    assertRefused(announced, good.concat(text("more")))
        .hasMessageContaining("more than the %d bytes", sizeBytes);
    assertThatThrownBy(() -> store.writeAll(SCOPE, Map.of(announced, evil)))
        .isInstanceOf(DigestMismatchException.class);

    assertThat(isMissing(announced)).isTrue();
    reopen(CAPACITY_BYTES);
    assertThat(isMissing(announced)).isTrue();
  }

  private AbstractThrowableAssert<?, ?> assertRefused(Digest announced, ByteString blob) {
    return assertThatThrownBy(
            () -> {
              try (BlobUpload upload = store.write(SCOPE, announced)) {
                upload.write(blob);
                upload.commit();
              }
            })
        .isInstanceOf(DigestMismatchException.class);
  }

  @Test
  void anUploadThatIsGivenUpLeavesNothing() throws Exception {
    for (int sizeBytes : SIZES) {
      assertNothingIsLeft(sizeBytes);
    }
  }

  private void assertNothingIsLeft(int sizeBytes) throws Exception {
    ByteString blob = random(3, sizeBytes);

    try (BlobUpload upload = store.write(SCOPE, digestOf(blob))) {
      upload.write(blob.substring(0, sizeBytes / 2));
      assertThat(isMissing(digestOf(blob))).isTrue();
    }

    assertThat(isMissing(digestOf(blob))).isTrue();
    reopen(CAPACITY_BYTES);
    assertThat(isMissing(digestOf(blob))).isTrue();
    assertThat(get(put(blob))).isEqualTo(blob);
  }

  @Test
  void uploadsOfTheSameBlobAtTheSameTimeAreFine() throws Exception {
    for (int sizeBytes : SIZES) {
      assertBothAreFine(sizeBytes);
    }
  }

  private void assertBothAreFine(int sizeBytes) throws Exception {
    ByteString blob = random(4, sizeBytes);
    Digest digest = digestOf(blob);

    try (BlobUpload first = store.write(SCOPE, digest);
        BlobUpload second = store.write(SCOPE, digest);
        BlobUpload third = store.write(SCOPE, digest)) {
      first.write(blob);
      second.write(blob);
      third.write(blob.substring(0, 10));
      assertThat(third.alreadyStored()).isFalse();
      first.commit();
      second.commit();
      assertThat(third.alreadyStored()).isTrue();
      third.commit();
    }

    assertThat(get(digest)).isEqualTo(blob);
  }

  @Test
  void whatWasUsedStays_andTheOthersGo_onceTheirLeasesAreOver() throws Exception {
    Digest used = put(text("used"));
    List<Digest> others = fill(1_000);
    clock.advance(LEASE.dividedBy(2));
    get(used);
    clock.advance(PAST_LEASE.minus(LEASE.dividedBy(2)));

    List<Digest> younger = new ArrayList<>();
    for (int i = 0; i < others.size() / 2; i++) {
      younger.add(put(random(2_000 + i, FILLING_BYTES)));
    }

    assertThat(store.findMissing(SCOPE, others)).isNotEmpty();
    assertThat(isMissing(used)).isFalse();
    assertThat(store.findMissing(SCOPE, younger)).isEmpty();
    assertThat(bytesOnDisk()).isLessThanOrEqualTo(CAPACITY_BYTES);
  }

  @Test
  void whatWasReportedPresentIsReadableForTheLease_whileWritesFail() throws Exception {
    Digest found = put(text("found"));
    Digest read = put(text("read"));
    Digest batch = put(text("batch"));
    List<Digest> others = fill(1_000);
    clock.advance(LEASE.minusSeconds(10));
    assertThat(isMissing(found)).isFalse();
    get(read);
    store.readAll(SCOPE, List.of(batch));
    assertThat(store.findMissing(SCOPE, others)).isEmpty();
    clock.advance(LEASE.minusSeconds(10));

    assertThatThrownBy(() -> put(random(9_999, FILLING_BYTES)))
        .isInstanceOf(StoreFullException.class)
        .hasMessageContaining("The store is full")
        .hasMessageContaining(CAPACITY_BYTES + " bytes");

    assertThat(get(found)).isEqualTo(text("found"));
    assertThat(get(read)).isEqualTo(text("read"));
    assertThat(get(batch)).isEqualTo(text("batch"));
    clock.advance(PAST_LEASE);
    assertThat(isMissing(put(random(9_999, FILLING_BYTES)))).isFalse();
  }

  @Test
  void aReaderKeepsABlobThatIsEvictedUnderIt() throws Exception {
    for (int sizeBytes : SIZES) {
      ByteString blob = random(7, sizeBytes);
      Digest digest = put(blob);
      try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
        byte[] head = in.readNBytes(100);
        clock.advance(PAST_LEASE);
        fill(1_000, sizeBytes);
        clock.advance(PAST_LEASE);
        fill(10_000, sizeBytes);

        assertThat(isMissing(digest)).isTrue();
        assertThat(head).isEqualTo(blob.substring(0, 100).toByteArray());
        assertThat(in.readAllBytes()).isEqualTo(blob.substring(100).toByteArray());
      }
      clock.advance(PAST_LEASE);
    }
  }

  @Test
  void aBlobLargerThanTheStoreIsRefusedForGood() {
    assertThatThrownBy(() -> store.write(SCOPE, unknown(CAPACITY_BYTES + 1)))
        .isInstanceOf(BlobTooLargeException.class)
        .hasMessageContaining("2097153 bytes");
    assertThatThrownBy(() -> store.write(SCOPE, unknown(Long.MAX_VALUE)))
        .isInstanceOf(BlobTooLargeException.class);
  }

  @Test
  void leasesSurviveARestart() throws Exception {
    Digest leased = put(text("leased"));
    List<Digest> others = fill(1_000);
    clock.advance(PAST_LEASE);
    assertThat(isMissing(leased)).isFalse();
    reopen(CAPACITY_BYTES);
    clock.advance(LEASE.dividedBy(2));

    for (int i = 0; i < others.size() / 2; i++) {
      put(random(2_000 + i, FILLING_BYTES));
    }

    assertThat(store.findMissing(SCOPE, others)).isNotEmpty();
    assertThat(get(leased)).isEqualTo(text("leased"));
  }

  @Test
  void leasesHoldWhenTheDateJumpsWhileTheStoreRuns() throws Exception {
    fill(1_000);
    clock.setDateForward(Duration.ofDays(1));

    assertThatThrownBy(() -> put(random(9_999, FILLING_BYTES)))
        .isInstanceOf(StoreFullException.class);
  }

  @Test
  void corruptBytesAreNeverServed_andTheBlobIsMissingAfterwards() throws Exception {
    for (int sizeBytes : SIZES) {
      ByteString blob = random(sizeBytes, sizeBytes);
      ByteString batched = random(sizeBytes + 1L, sizeBytes);
      Digest streamed = put(blob);
      put(batched);
      corrupt(blob);
      corrupt(batched);

      try (InputStream in = store.read(SCOPE, streamed, 0, 0)) {
        assertThatThrownBy(in::readAllBytes)
            .isInstanceOf(BlobMissingException.class)
            .hasMessageContaining("was corrupt on disk and has been removed");
      }
      assertThat(store.readAll(SCOPE, List.of(digestOf(batched)))).isEmpty();

      assertThat(store.findMissing(SCOPE, List.of(streamed, digestOf(batched)))).hasSize(2);
      reopen(CAPACITY_BYTES);
      assertThat(store.findMissing(SCOPE, List.of(streamed, digestOf(batched)))).hasSize(2);
      put(blob);
      assertThat(get(streamed)).isEqualTo(blob);
    }
  }

  /** Changes one byte in the middle of where the blob lies on the disk. */
  private void corrupt(ByteString blob) throws IOException {
    String wanted = latin(blob.toByteArray());
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        int at = latin(bytes).indexOf(wanted);
        if (at >= 0) {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            byte[] other = {(byte) (bytes[at + blob.size() / 2] ^ 1)};
            channel.write(ByteBuffer.wrap(other), at + blob.size() / 2L);
          }
          return;
        }
      }
    }
    throw new AssertionError("The blob is nowhere on the disk");
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aFolderBelongsToOneStore() {
    assertThatThrownBy(() -> open(CAPACITY_BYTES))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in use by another store")
        .hasMessageContaining(folder.toString());
  }

  @Test
  void aLowerCapacityHoldsFromTheStart() throws Exception {
    fill(1_000);
    clock.advance(PAST_LEASE.multipliedBy(2));

    reopen(CAPACITY_BYTES - CAPACITY_BYTES / 5);

    assertThat(bytesOnDisk()).isLessThanOrEqualTo(CAPACITY_BYTES - CAPACITY_BYTES / 5);
  }
}
