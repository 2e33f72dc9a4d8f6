package build.sparrow.cas.client;

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
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.InMemoryBlobStore;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.file.FileBlobStore;
import build.sparrow.cas.grpc.TestServer;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteBlobStoreTest {
  private static final int MEBIBYTE = 1 << 20;

  @TempDir Path folder;
  private FileBlobStore files;
  private TestServer server;
  private RemoteBlobStore store;
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void start() throws IOException {
    files = FileBlobStore.open(folder, 100 * MEBIBYTE, Duration.ofHours(3));
    server = new TestServer(files);
    store = new RemoteBlobStore(recording(server.channel()));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    files.close();
  }

  /** Notes the name of each call. */
  private Channel recording(Channel channel) {
    return ClientInterceptors.intercept(
        channel,
        new ClientInterceptor() {
          @Override
          public <Q, A> ClientCall<Q, A> interceptCall(
              MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            calls.add(String.valueOf(method.getBareMethodName()));
            return next.newCall(method, options);
          }
        });
  }

  private ByteString get(Digest digest) throws IOException {
    try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
      return ByteString.readFrom(in);
    }
  }

  private void put(ByteString blob) throws IOException {
    try (BlobUpload upload = store.write(SCOPE, digestOf(blob))) {
      upload.write(blob);
      upload.commit();
    }
  }

  @Test
  void blobsOfAnySizeGoThereAndComeBack() throws Exception {
    for (int size : new int[] {1, 1_000, 256 << 10, MEBIBYTE, MEBIBYTE + 1, 10 * MEBIBYTE + 7}) {
      ByteString written = random(size, size);
      ByteString copied = random(size + 1L, size);
      put(written);
      store.writeFrom(SCOPE, digestOf(copied), copied::newInput);

      assertThat(get(digestOf(written))).isEqualTo(written);
      assertThat(get(digestOf(copied))).isEqualTo(copied);
      assertThat(files.findMissing(SCOPE, List.of(digestOf(written), digestOf(copied)))).isEmpty();
      try (InputStream part = store.read(SCOPE, digestOf(copied), size / 3, size / 2 + 1)) {
        int from = size / 3;
        assertThat(ByteString.readFrom(part))
            .isEqualTo(copied.substring(from, Math.min(size, from + size / 2 + 1)));
      }
    }
  }

  @Test
  void theNamespaceGoesAlong() throws Exception {
    BlobScope scope = new BlobScope(new InstanceName("a/b"), DigestFunction.BLAKE3);
    for (ByteString blob : List.of(text("small"), random(1, 2 * MEBIBYTE))) {
      Digest digest = DigestFunction.BLAKE3.digestOf(blob);
      store.writeFrom(scope, digest, blob::newInput);

      try (InputStream in = store.read(scope, digest, 0, 0)) {
        assertThat(ByteString.readFrom(in)).isEqualTo(blob);
      }
      assertThat(store.findMissing(scope, List.of(digest))).isEmpty();
      assertThat(files.findMissing(scope, List.of(digest))).isEmpty();
      assertThat(
              store.findMissing(
                  new BlobScope(InstanceName.ROOT, DigestFunction.BLAKE3), List.of(digest)))
          .containsExactly(digest);
    }
  }

  @Test
  void smallBlobsTravelInBatches_asFewAsTheLimitsAllow() throws Exception {
    Map<Digest, ByteString> blobs = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      blobs.put(digestOf(text("blob " + i)), text("blob " + i));
    }
    for (int i = 0; i < 5; i++) {
      ByteString blob = random(i, 1_500_000);
      blobs.put(digestOf(blob), blob);
    }
    blobs.put(digestOf(ByteString.EMPTY), ByteString.EMPTY);

    store.writeAll(SCOPE, blobs);
    assertThat(calls).containsOnly("BatchUpdateBlobs").hasSizeBetween(2, 5);
    calls.clear();
    Set<Digest> wanted = new HashSet<>(blobs.keySet());
    wanted.add(unknown(5));
    assertThat(store.readAll(SCOPE, wanted)).isEqualTo(blobs);
    assertThat(calls).containsOnly("BatchReadBlobs").hasSizeBetween(2, 5);
  }

  @Test
  void manyDigestsAreAskedForInParts() throws Exception {
    List<Digest> digests = new ArrayList<>();
    for (int i = 0; i < 25_000; i++) {
      digests.add(digestOf(text("missing " + i)));
    }
    files.writeAll(SCOPE, Map.of(digests.getFirst(), text("missing 0")));

    Set<Digest> missing = store.findMissing(SCOPE, digests);

    assertThat(missing).hasSize(24_999).doesNotContain(digests.getFirst());
    assertThat(calls).containsExactly("FindMissingBlobs", "FindMissingBlobs", "FindMissingBlobs");
  }

  @Test
  void theEmptyBlobAndEmptyQuestionsNeedNoCall() throws Exception {
    Digest empty = digestOf(ByteString.EMPTY);

    assertThat(get(empty)).isEmpty();
    assertThat(store.readAll(SCOPE, List.of(empty))).containsEntry(empty, ByteString.EMPTY);
    store.writeAll(SCOPE, Map.of(empty, ByteString.EMPTY));
    assertThat(store.findMissing(SCOPE, List.of())).isEmpty();
    assertThat(calls).isEmpty();
  }

  @Test
  void whatIsMissingIsSaid() throws Exception {
    for (long size : new long[] {10, 10 * MEBIBYTE}) {
      assertThatThrownBy(() -> store.read(SCOPE, unknown(size), 0, 0))
          .isInstanceOf(BlobMissingException.class)
          .hasMessageContaining(unknown(size).toString());
    }
  }

  @Test
  void wrongBytesAreRefused() throws Exception {
    ByteString large = random(1, 3 * MEBIBYTE);
    ByteString other = random(2, 3 * MEBIBYTE);

    for (ByteString blob : List.of(text("evil"), other)) {
      Digest digest = blob.size() == 4 ? digestOf(text("good")) : digestOf(large);
      assertRefused(digest, blob).hasMessageContaining("blob has SHA-256 " + digestOf(blob).hash());
      assertRefused(digest, blob.substring(1)).hasMessageContaining("bytes");
      assertRefused(digest, blob.concat(text("!"))).hasMessageContaining("more than");
      assertThat(files.findMissing(SCOPE, List.of(digest))).containsExactly(digest);
    }
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(
      Digest digest, ByteString blob) {
    assertThatThrownBy(() -> store.writeFrom(SCOPE, digest, blob::newInput))
        .isInstanceOf(DigestMismatchException.class);
    return assertThatThrownBy(
            () -> {
              try (BlobUpload upload = store.write(SCOPE, digest)) {
                upload.write(blob);
                upload.commit();
              }
            })
        .isInstanceOf(DigestMismatchException.class);
  }

  @Test
  void theFailuresOfTheOtherProcessKeepTheirKind() throws Exception {
    ByteString blob = random(1, 2 * MEBIBYTE);
    InMemoryBlobStore failing =
        new InMemoryBlobStore() {
          @Override
          public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
            if (digest.sizeBytes() > 100) {
              throw new BlobTooLargeException(digest, 100);
            }
            throw new StoreFullException("The store is full");
          }
        };
    try (TestServer failingServer = new TestServer(failing)) {
      RemoteBlobStore remote = new RemoteBlobStore(failingServer.channel());

      assertThatThrownBy(() -> remote.writeFrom(SCOPE, digestOf(blob), blob::newInput))
          .isInstanceOf(BlobTooLargeException.class)
          .hasMessageContaining("the store holds 100 bytes in all");
      assertThatThrownBy(() -> remote.writeAll(SCOPE, Map.of(digestOf(text("a")), text("a"))))
          .isInstanceOf(StoreFullException.class)
          .hasMessageContaining("The store is full");
    }
  }

  @Test
  void aStoreThatLiesIsNotBelieved() throws Exception {
    ByteString blob = random(1, 2 * MEBIBYTE);
    InMemoryBlobStore lying =
        new InMemoryBlobStore() {
          @Override
          public InputStream read(BlobScope scope, Digest digest, long offset, long limit) {
            return ByteString.copyFrom(new byte[(int) (digest.sizeBytes() - offset)]).newInput();
          }
        };
    try (TestServer lyingServer = new TestServer(lying)) {
      RemoteBlobStore remote = new RemoteBlobStore(lyingServer.channel());
      long taken = 0;
      try (InputStream in = remote.read(SCOPE, digestOf(blob), 0, 0)) {
        byte[] buffer = new byte[1 << 16];
        while (true) {
          int count = in.read(buffer);
          assertThat(count).as("no end of stream").isPositive();
          taken += count;
        }
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("for blob " + digestOf(blob));
      }

      assertThat(taken).isLessThan(blob.size());
      assertThatThrownBy(() -> remote.readAll(SCOPE, List.of(digestOf(text("small")))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("answered for blob " + digestOf(text("small")));
    }
  }

  @Test
  void blobsThatAreTooLargeForMemoryAreNotReadWhole() {
    assertThatThrownBy(() -> store.readAll(SCOPE, List.of(unknown(CasLimits.MAX_BATCH_BYTES + 1L))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stream it");
  }

  @Test
  void anUploadEndsEarly_whenTheBlobIsThere() throws Exception {
    ByteString blob = random(1, 20 * MEBIBYTE);
    put(blob);
    AtomicLong taken = new AtomicLong();

    store.writeFrom(SCOPE, digestOf(blob), () -> counting(blob.newInput(), taken));
    long copied = taken.get();
    try (BlobUpload upload = store.write(SCOPE, digestOf(blob))) {
      long written = 0;
      while (!upload.alreadyStored() && written < blob.size()) {
        upload.write(blob.substring((int) written, (int) written + (256 << 10)));
        written += 256 << 10;
      }
      assertThat(upload.alreadyStored()).isTrue();
      upload.commit();
    }

    assertThat(copied).isLessThan(blob.size());
  }

  private static InputStream counting(InputStream in, AtomicLong taken) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        taken.incrementAndGet();
        return in.read();
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        taken.addAndGet(Math.max(0, count));
        return count;
      }
    };
  }

  @Test
  void anUploadIsReadNoFasterThanItIsTaken() throws Exception {
    ByteString blob = random(1, 40 * MEBIBYTE);
    CountDownLatch mayWrite = new CountDownLatch(1);
    InMemoryBlobStore slow =
        new InMemoryBlobStore() {
          @Override
          public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
            try {
              mayWrite.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return super.write(scope, digest);
          }
        };
    try (TestServer slowServer = new TestServer(slow)) {
      RemoteBlobStore remote = new RemoteBlobStore(slowServer.channel());
      AtomicLong taken = new AtomicLong();
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      remote.writeFrom(
                          SCOPE, digestOf(blob), () -> counting(blob.newInput(), taken));
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      long before = -1;
      while (before != taken.get() || before == 0) {
        before = taken.get();
        // Nothing tells that a sender has stopped.
        Thread.sleep(200);
      }

      assertThat(taken.get()).isLessThan(10 * MEBIBYTE);
      mayWrite.countDown();
      writer.join();
      assertThat(slow.holds(digestOf(blob))).isTrue();
    }
  }
}
