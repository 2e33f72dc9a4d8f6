package build.sparrow.cas.file;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobTooLargeException;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.StoreFullException;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest {
  private static final Duration LEASE = Duration.ofHours(3);
  private static final int BLOCK = 4096;

  @TempDir Path folder;
  private final ManualStoreClock clock = new ManualStoreClock();
  private FileBlobStore store;

  @BeforeEach
  void open() throws IOException {
    store = open(1 << 20);
  }

  private FileBlobStore open(long capacityBytes) throws IOException {
    return FileBlobStore.open(folder, capacityBytes, LEASE, clock, FileCreator.system());
  }

  private FileBlobStore reopen(long capacityBytes) throws IOException {
    store.close();
    store = open(capacityBytes);
    return store;
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private Digest put(ByteString blob) throws IOException {
    Digest digest = digestOf(blob);
    try (BlobUpload upload = store.write(SCOPE, digest)) {
      upload.write(blob);
      upload.commit();
    }
    return digest;
  }

  /** As {@link #put}, at a date that the test has moved, which the file system knows nothing of. */
  private Digest putDated(ByteString blob) throws IOException {
    Digest digest = put(blob);
    Files.setLastModifiedTime(fileOf(digest), FileTime.from(clock.now()));
    return digest;
  }

  private ByteString get(Digest digest) throws IOException {
    try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
      return ByteString.readFrom(in);
    }
  }

  private boolean isMissing(Digest digest) {
    return !store.findMissing(SCOPE, List.of(digest)).isEmpty();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> !file.endsWith("lock")).toList();
    }
  }

  private Path fileOf(Digest digest) throws IOException {
    return files().stream()
        .filter(file -> digest.equals(FileScope.parse(file)))
        .findFirst()
        .orElseThrow();
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
    assertThat(store.blobCount()).isEqualTo(3);
  }

  @Test
  void partsAreRead() throws Exception {
    ByteString blob = random(2, 10_000);
    Digest digest = put(blob);

    try (InputStream middle = store.read(SCOPE, digest, 1_000, 500);
        InputStream tail = store.read(SCOPE, digest, 9_990, 0);
        InputStream beyond = store.read(SCOPE, digest, 9_990, 1_000);
        InputStream end = store.read(SCOPE, digest, 10_000, 0)) {
      assertThat(middle.readAllBytes()).isEqualTo(blob.substring(1_000, 1_500).toByteArray());
      assertThat(tail.readAllBytes()).isEqualTo(blob.substring(9_990).toByteArray());
      assertThat(beyond.readAllBytes()).hasSize(10);
      assertThat(end.readAllBytes()).isEmpty();
    }
    assertThatThrownBy(() -> store.read(SCOPE, digest, 10_001, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10001");
  }

  @Test
  void theEmptyBlobIsAlwaysThere_andNeedsNoFile() throws Exception {
    Digest empty = DigestFunction.SHA256.emptyDigest();

    assertThat(isMissing(empty)).isFalse();
    assertThat(get(empty)).isEmpty();
    assertThat(store.readAll(SCOPE, List.of(empty))).containsEntry(empty, ByteString.EMPTY);
    put(ByteString.EMPTY);
    assertThat(files()).isEmpty();
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
    reopen(1 << 20);
    assertThat(store.blobCount()).isEqualTo(5);
    assertThat(files()).allMatch(file -> file.startsWith(folder));
  }

  @Test
  void wrongBytesAreRefused_andNothingBecomesVisible() throws Exception {
    Digest announced = digestOf(text("good"));

    assertRefused(announced, text("evil"))
        .hasMessage(
            "blob has SHA-256 %s, while %s was announced",
            digestOf(text("evil")).hash(), announced.hash());
    assertRefused(announced, text("short".substring(0, 3)))
        .hasMessageContaining("blob has 3 bytes, while 4 were announced");
    assertRefused(announced, text("longer")).hasMessageContaining("more than the 4 bytes");
    assertThatThrownBy(() -> store.writeAll(SCOPE, Map.of(announced, text("evil"))))
        .isInstanceOf(DigestMismatchException.class);

    assertThat(isMissing(announced)).isTrue();
    assertThat(files()).isEmpty();
    assertThat(store.usedBytes()).isZero();
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(
      Digest announced, ByteString blob) {
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
    ByteString blob = random(3, 50_000);

    try (BlobUpload upload = store.write(SCOPE, digestOf(blob))) {
      upload.write(blob.substring(0, 20_000));
      assertThat(isMissing(digestOf(blob))).isTrue();
      assertThat(store.usedBytes()).isEqualTo(5 * BLOCK);
    }

    assertThat(isMissing(digestOf(blob))).isTrue();
    assertThat(files()).isEmpty();
    assertThat(store.usedBytes()).isZero();
  }

  @Test
  void uploadsOfTheSameBlobAtTheSameTimeAreFine() throws Exception {
    ByteString blob = random(4, 10_000);
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
    assertThat(files()).hasSize(1);
    assertThat(store.usedBytes()).isEqualTo(3 * BLOCK);
  }

  @Test
  void leastRecentlyReadGoesFirst_onceItsLeaseIsOver() throws Exception {
    reopen(3 * BLOCK);
    Digest a = put(text("a"));
    clock.advance(Duration.ofMinutes(1));
    Digest b = put(text("b"));
    clock.advance(Duration.ofMinutes(1));
    Digest c = put(text("c"));
    clock.advance(LEASE);
    get(a);

    Digest d = put(text("d"));

    assertThat(store.findMissing(SCOPE, List.of(a, b, c, d))).containsExactly(b);
    assertThat(files()).hasSize(3);
    assertThat(store.evictedCount()).isEqualTo(1);
  }

  @Test
  void whatWasReportedPresentIsReadableForTheLease_whileWritesFail() throws Exception {
    reopen(3 * BLOCK);
    Digest found = put(text("found"));
    Digest read = put(text("read"));
    Digest batch = put(text("batch"));
    clock.advance(LEASE.minusSeconds(1));
    assertThat(isMissing(found)).isFalse();
    get(read);
    store.readAll(SCOPE, List.of(batch));
    clock.advance(LEASE.minusSeconds(1));

    assertThatThrownBy(() -> put(text("new")))
        .isInstanceOf(StoreFullException.class)
        .hasMessageContaining("The store is full")
        .hasMessageContaining("12288 bytes");

    assertThat(get(found)).isEqualTo(text("found"));
    assertThat(get(read)).isEqualTo(text("read"));
    assertThat(get(batch)).isEqualTo(text("batch"));
    assertThat(store.usedBytes()).isEqualTo(3 * BLOCK);
    clock.advance(LEASE);
    put(text("new"));
    assertThat(store.evictedCount()).isEqualTo(1);
  }

  @Test
  void aReaderKeepsABlobThatIsEvictedUnderIt() throws Exception {
    reopen(2 * BLOCK);
    ByteString blob = random(5, 2 * BLOCK);
    Digest digest = put(blob);

    try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
      byte[] head = in.readNBytes(100);
      clock.advance(LEASE);
      put(random(6, 2 * BLOCK));

      assertThat(isMissing(digest)).isTrue();
      assertThat(head).isEqualTo(blob.substring(0, 100).toByteArray());
      assertThat(in.readAllBytes()).isEqualTo(blob.substring(100).toByteArray());
    }
  }

  @Test
  void aBlobLargerThanTheStoreIsRefusedForGood() {
    assertThatThrownBy(() -> store.write(SCOPE, unknown((1 << 20) + 1)))
        .isInstanceOf(BlobTooLargeException.class)
        .hasMessageContaining("1048577 bytes")
        .hasMessageContaining("1048576 bytes");
    assertThatThrownBy(() -> store.write(SCOPE, unknown(Long.MAX_VALUE)))
        .isInstanceOf(BlobTooLargeException.class);
  }

  @Test
  void blobsOrderAndLeasesSurviveARestart_andTemporariesDoNot() throws Exception {
    reopen(4 * BLOCK);
    Digest oldest = putDated(text("oldest"));
    Digest leased = putDated(text("leased"));
    clock.advance(LEASE);
    Digest younger = putDated(text("younger"));
    clock.advance(LEASE.dividedBy(2));
    assertThat(isMissing(leased)).isFalse();
    BlobUpload unfinished = store.write(SCOPE, unknown(9));
    unfinished.write(text("half"));
    assertThat(files()).hasSize(4);

    reopen(4 * BLOCK);

    assertThat(files()).hasSize(3);
    assertThat(store.blobCount()).isEqualTo(3);
    assertThat(store.usedBytes()).isEqualTo(3 * BLOCK);
    clock.advance(LEASE.dividedBy(2).plusMinutes(10));
    put(text("fills the store"));
    put(text("takes the room of the oldest"));
    assertThat(isMissing(oldest)).isTrue();
    put(text("takes the room of the younger"));
    assertThat(isMissing(younger)).isTrue();
    assertThat(isMissing(leased)).isFalse();
    assertThatThrownBy(() -> put(text("takes no room"))).isInstanceOf(StoreFullException.class);
    unfinished.close();
  }

  @Test
  void leasesHoldWhenTheDateJumpsWhileTheStoreRuns() throws Exception {
    reopen(BLOCK);
    put(text("leased"));
    clock.setDateForward(Duration.ofDays(1));

    assertThatThrownBy(() -> put(text("new"))).isInstanceOf(StoreFullException.class);
  }

  @Test
  void whatNoLongerFitsIsEvictedAtTheStart() throws Exception {
    for (int i = 0; i < 10; i++) {
      put(text("blob " + i));
      clock.advance(Duration.ofMinutes(1));
    }
    clock.advance(LEASE.multipliedBy(2));

    reopen(3 * BLOCK);

    assertThat(store.blobCount()).isEqualTo(3);
    assertThat(store.usedBytes()).isEqualTo(3 * BLOCK);
  }

  @Test
  void filesOfTheWrongSizeAreRemovedAtTheStart() throws Exception {
    Digest cut = put(text("will be cut"));
    Digest grown = put(text("will grow"));
    Digest good = put(text("good"));
    Files.writeString(fileOf(cut), "will");
    Files.writeString(fileOf(grown), "will grow more");
    Files.writeString(folder.resolve("notes.txt"), "somebody's own");

    reopen(1 << 20);

    assertThat(store.findMissing(SCOPE, List.of(cut, grown, good)))
        .containsExactlyInAnyOrder(cut, grown);
    assertThat(get(good)).isEqualTo(text("good"));
    assertThat(folder.resolve("notes.txt")).exists();
    assertThat(files()).hasSize(2);
  }

  @Test
  void corruptBytesAreNeverServed_andTheBlobIsMissingAfterwards() throws Exception {
    ByteString blob = random(7, 600_000);
    Digest streamed = put(blob);
    Digest batched = put(text("batched"));
    flipByte(fileOf(streamed), 300_000);
    flipByte(fileOf(batched), 3);

    try (InputStream in = store.read(SCOPE, streamed, 0, 0)) {
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(BlobMissingException.class)
          .hasMessageContaining("was corrupt on disk and has been removed");
    }
    assertThat(store.readAll(SCOPE, List.of(batched))).isEmpty();

    assertThat(store.findMissing(SCOPE, List.of(streamed, batched)))
        .containsExactlyInAnyOrder(streamed, batched);
    assertThat(files()).isEmpty();
    assertThat(store.usedBytes()).isZero();
    put(blob);
    assertThat(get(streamed)).isEqualTo(blob);
  }

  private static void flipByte(Path file, int position) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[position] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aFileThatWasCutOrDeletedUnderTheStoreIsMissing() throws Exception {
    Digest cut = put(random(8, 10_000));
    Digest deleted = put(random(9, 10_000));
    try (FileChannel file = FileChannel.open(fileOf(cut), StandardOpenOption.WRITE)) {
      file.truncate(9_999);
    }
    Files.delete(fileOf(deleted));

    assertThatThrownBy(() -> store.read(SCOPE, cut, 0, 10))
        .isInstanceOf(BlobMissingException.class);
    assertThatThrownBy(() -> get(deleted)).isInstanceOf(BlobMissingException.class);
    assertThat(store.findMissing(SCOPE, List.of(cut, deleted))).isEqualTo(Set.of(cut, deleted));
    assertThat(store.usedBytes()).isZero();
  }

  @Test
  void aFolderBelongsToOneStore() {
    assertThatThrownBy(() -> open(1 << 20))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in use by another store")
        .hasMessageContaining(folder.toString());
  }

  @Test
  void aFullDiskFailsTheWriteClearly_andMakesRoomForLaterOnes() throws Exception {
    store.close();
    FullDisk disk = new FullDisk(40 * BLOCK);
    store = FileBlobStore.open(folder, 1 << 20, LEASE, clock, disk);
    Digest old = put(random(10, 32 * BLOCK));
    clock.advance(LEASE);
    ByteString blob = random(11, 16 * BLOCK);

    assertThatThrownBy(() -> put(blob))
        .isInstanceOf(StoreFullException.class)
        .hasMessageContaining("The disk of " + folder + " is full")
        .hasRootCauseMessage("No space left on device");

    assertThat(isMissing(digestOf(blob))).isTrue();
    assertThat(isMissing(old)).isTrue();
    assertThat(files()).isEmpty();
    assertThat(store.usedBytes()).isZero();
    disk.freeBytes.set(40 * BLOCK);
    put(blob);
    assertThat(get(digestOf(blob))).isEqualTo(blob);
  }

  /** A disk with that much room; what is deleted does not come back by itself. */
  private static final class FullDisk implements FileCreator {
    private final AtomicLong freeBytes;

    FullDisk(long freeBytes) {
      this.freeBytes = new AtomicLong(freeBytes);
    }

    @Override
    public WritableByteChannel create(Path file) throws IOException {
      WritableByteChannel channel = FileCreator.system().create(file);
      return new WritableByteChannel() {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
          if (freeBytes.addAndGet(-bytes.remaining()) < 0) {
            throw new IOException("No space left on device");
          }
          return channel.write(bytes);
        }

        @Override
        public boolean isOpen() {
          return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
          channel.close();
        }
      };
    }
  }
}
