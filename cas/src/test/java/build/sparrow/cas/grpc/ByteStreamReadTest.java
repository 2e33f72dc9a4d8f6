package build.sparrow.cas.grpc;

import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static build.sparrow.cas.grpc.ContentAddressableStorageServiceTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.InMemoryBlobStore;
import build.sparrow.reapi.Digest;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.google.bytestream.ByteStreamGrpc;
import com.google.bytestream.ReadRequest;
import com.google.bytestream.ReadResponse;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ByteStreamReadTest {
  private final InMemoryBlobStore store = new InMemoryBlobStore();
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = new TestServer(store);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ByteString read(String name, long offset, long limit) {
    var request =
        ReadRequest.newBuilder()
            .setResourceName(name)
            .setReadOffset(offset)
            .setReadLimit(limit)
            .build();
    ByteString bytes = ByteString.EMPTY;
    var messages = server.byteStream().read(request);
    while (messages.hasNext()) {
      ByteString data = messages.next().getData();
      assertThat(data.size()).isLessThanOrEqualTo(256 << 10);
      bytes = bytes.concat(data);
    }
    return bytes;
  }

  private static ByteString decompress(ByteString frame) throws IOException {
    try (InputStream in = new ZstdInputStreamNoFinalizer(frame.newInput())) {
      return ByteString.readFrom(in);
    }
  }

  @Test
  void blobsAreReadWholeAndInPart_inMessagesOf256KiB() {
    ByteString blob = random(1, 1_000_000);
    String name = "blobs/" + store.add(blob);

    assertThat(read(name, 0, 0)).isEqualTo(blob);
    assertThat(read(name, 300_000, 0)).isEqualTo(blob.substring(300_000));
    assertThat(read(name, 10, 600_000)).isEqualTo(blob.substring(10, 600_010));
    assertThat(read(name, 999_990, 100)).isEqualTo(blob.substring(999_990));
    assertThat(read(name, 1_000_000, 0)).isEmpty();
    assertThat(read("blobs/" + store.add(ByteString.EMPTY), 0, 0)).isEmpty();
  }

  @Test
  void compressedReadsAreOneZstdStream_fromAnOffsetOfTheBlob() throws Exception {
    ByteString blob = random(2, 400_000).concat(ByteString.copyFrom(new byte[600_000]));
    String name = "compressed-blobs/zstd/" + store.add(blob);
    String small = "compressed-blobs/zstd/" + store.add(text("small"));

    assertThat(decompress(read(name, 0, 0))).isEqualTo(blob);
    assertThat(read(name, 0, 0).size()).isLessThan(500_000);
    assertThat(decompress(read(name, 399_990, 0))).isEqualTo(blob.substring(399_990));
    assertThat(decompress(read(name, 999_990, 0))).isEqualTo(blob.substring(999_990));
    assertThat(decompress(read(name, 1_000_000, 0))).isEmpty();
    assertThat(decompress(read(small, 0, 0))).isEqualTo(text("small"));
  }

  @Test
  void whatIsOutOfRangeOrMissingIsSaid() {
    Digest digest = store.add(text("0123456789"));

    assertFails(Status.Code.OUT_OF_RANGE, () -> read("blobs/" + digest, -1, 0))
        .hasMessageContaining("read_offset is -1: expected 0 to 10");
    assertFails(Status.Code.OUT_OF_RANGE, () -> read("blobs/" + digest, 11, 0))
        .hasMessageContaining("read_offset is 11");
    assertFails(Status.Code.INVALID_ARGUMENT, () -> read("blobs/" + digest, 0, -1))
        .hasMessageContaining("read_limit is -1");
    assertFails(Status.Code.INVALID_ARGUMENT, () -> read("compressed-blobs/zstd/" + digest, 0, 5))
        .hasMessageContaining("read_limit is 5: it must be 0 for a compressed blob");
    assertFails(Status.Code.NOT_FOUND, () -> read("blobs/" + unknown(10), 0, 0))
        .hasMessageContaining("Blob " + unknown(10) + " is not in the store");
    assertFails(Status.Code.NOT_FOUND, () -> read("blobs/" + unknown(10_000_000), 0, 0));
    assertFails(Status.Code.INVALID_ARGUMENT, () -> read("blubs/" + digest, 0, 0))
        .hasMessageContaining("resource_name");
    assertFails(Status.Code.INVALID_ARGUMENT, () -> read("blobs/" + digest.hash() + "/x", 0, 0))
        .hasMessageContaining("size is \"x\"");
  }

  /** A blob of zeros without end, that counts what was taken of it. */
  private static final class EndlessBlobStore extends InMemoryBlobStore {
    private final AtomicLong takenBytes = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public InputStream read(BlobScope scope, Digest digest, long offset, long limit) {
      return new InputStream() {
        @Override
        public int read() {
          takenBytes.incrementAndGet();
          return 0;
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
          takenBytes.addAndGet(length);
          return length;
        }

        @Override
        public void close() {
          closed.countDown();
        }
      };
    }
  }

  @Test
  void aReaderThatTakesNothingCostsBoundedMemory_andItsLeavingEndsTheRead() throws Exception {
    EndlessBlobStore endless = new EndlessBlobStore();
    try (TestServer endlessServer = new TestServer(endless)) {
      CountDownLatch first = new CountDownLatch(1);
      ClientCall<ReadRequest, ReadResponse> call =
          endlessServer.channel().newCall(ByteStreamGrpc.getReadMethod(), CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(ReadResponse message) {
              first.countDown();
            }
          },
          new Metadata());
      call.sendMessage(
          ReadRequest.newBuilder().setResourceName("blobs/" + unknown(1L << 40)).build());
      call.halfClose();
      call.request(1);
      assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();

      long taken = settled(endless.takenBytes);

      // What the connection and the server's queue hold: two windows and a threshold.
      assertThat(taken).isLessThan(8 << 20);
      call.cancel("done", null);
      assertThat(endless.closed.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Waits until the number does not change any more. */
  private static long settled(AtomicLong number) throws InterruptedException {
    long before = -1;
    while (before != number.get()) {
      before = number.get();
      // Nothing tells that a sender has stopped.
      TimeUnit.MILLISECONDS.sleep(200);
    }
    return before;
  }
}
