package build.sparrow.cas.file;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobStoreContract;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.StoreFullException;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
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
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FileBlobStoreTest extends BlobStoreContract<FileBlobStore> {
  private static final int BLOCK = 4096;

  @Override
  protected FileBlobStore open(long capacityBytes) throws IOException {
    return FileBlobStore.open(folder, capacityBytes, LEASE, clock, FileCreator.system());
  }

  /** As {@link #put}, at a date that the test has moved, which the file system knows nothing of. */
  private Digest putDated(ByteString blob) throws IOException {
    Digest digest = put(blob);
    Files.setLastModifiedTime(fileOf(digest), FileTime.from(clock.now()));
    return digest;
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
  void theEmptyBlobNeedsNoFile() throws Exception {
    Digest empty = DigestFunction.SHA256.emptyDigest();

    assertThat(isMissing(empty)).isFalse();
    assertThat(get(empty)).isEmpty();
    assertThat(store.readAll(SCOPE, List.of(empty))).containsEntry(empty, ByteString.EMPTY);
    put(ByteString.EMPTY);
    assertThat(files()).isEmpty();
  }

  @Test
  void anUploadThatIsGivenUpGivesItsRoomBack() throws Exception {
    ByteString blob = random(3, 50_000);

    try (BlobUpload upload = store.write(SCOPE, digestOf(blob))) {
      upload.write(blob.substring(0, 20_000));
      assertThat(isMissing(digestOf(blob))).isTrue();
      assertThat(store.usage().usedBytes()).isEqualTo(5 * BLOCK);
    }

    assertThat(isMissing(digestOf(blob))).isTrue();
    assertThat(files()).isEmpty();
    assertThat(store.usage().usedBytes()).isZero();
  }

  @Test
  void uploadsOfTheSameBlobAtTheSameTimeMakeOneFile() throws Exception {
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
    assertThat(store.usage().usedBytes()).isEqualTo(3 * BLOCK);
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
    assertThat(store.usage().evictedEntries()).isEqualTo(1);
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
    assertThat(store.usage().entries()).isEqualTo(3);
    assertThat(store.usage().usedBytes()).isEqualTo(3 * BLOCK);
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
  void whatNoLongerFitsIsEvictedAtTheStart() throws Exception {
    for (int i = 0; i < 10; i++) {
      put(text("blob " + i));
      clock.advance(Duration.ofMinutes(1));
    }
    clock.advance(LEASE.multipliedBy(2));

    reopen(3 * BLOCK);

    assertThat(store.usage().entries()).isEqualTo(3);
    assertThat(store.usage().usedBytes()).isEqualTo(3 * BLOCK);
  }

  @Test
  void filesOfTheWrongSizeAreRemovedAtTheStart() throws Exception {
    Digest cut = put(text("will be cut"));
    Digest grown = put(text("will grow"));
    Digest good = put(text("good"));
    Files.writeString(fileOf(cut), "will");
    Files.writeString(fileOf(grown), "will grow more");
    Files.writeString(folder.resolve("notes.txt"), "somebody's own");

    reopen(CAPACITY_BYTES);

    assertThat(store.findMissing(SCOPE, List.of(cut, grown, good)))
        .containsExactlyInAnyOrder(cut, grown);
    assertThat(get(good)).isEqualTo(text("good"));
    assertThat(folder.resolve("notes.txt")).exists();
    assertThat(files()).hasSize(2);
  }

  @Test
  void aCorruptFileIsDeleted() throws Exception {
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
    assertThat(store.usage().usedBytes()).isZero();
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
    assertThat(store.usage().usedBytes()).isZero();
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
    assertThat(store.usage().usedBytes()).isZero();
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
