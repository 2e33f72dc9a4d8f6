package build.sparrow.cas.client;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.InMemoryActionCache;
import build.sparrow.cas.InMemoryBlobStore;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.grpc.TestServer;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestartTest {
  private static final int MEBIBYTE = 1 << 20;

  private final InMemoryBlobStore blobs = new InMemoryBlobStore();
  private final InMemoryActionCache results = new InMemoryActionCache();
  private TestServer server;
  private Endpoint endpoint;
  private ManagedChannel channel;
  private RemoteBlobStore store;
  private boolean isDown;

  @BeforeEach
  void start() throws IOException {
    server = new TestServer(blobs, results);
    endpoint = server.endpoint();
    channel = GrpcChannels.connect(endpoint);
    store = new RemoteBlobStore(channel);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  private void restart() {
    server.close();
    startAgain();
  }

  private void startAgain() {
    try {
      server = new TestServer(blobs, results, endpoint);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void callsWaitForAStoreThatIsAway() throws Exception {
    ActionKey key =
        new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, digestOf(text("action")));
    PassingTime time = new PassingTime();
    store = new RemoteBlobStore(channel, new Retries(time, Retries.BUDGET));
    RemoteActionCache cache = new RemoteActionCache(channel, new Retries(time, Retries.BUDGET));

    shutDown();
    store.writeAll(SCOPE, Map.of(digestOf(text("a")), text("a")));
    shutDown();
    assertThat(store.findMissing(SCOPE, List.of(digestOf(text("a"))))).isEmpty();
    shutDown();
    assertThat(store.readAll(SCOPE, List.of(digestOf(text("a"))))).hasSize(1);
    shutDown();
    cache.put(key, ActionResult.getDefaultInstance());
    shutDown();
    assertThat(cache.get(key)).isPresent();
    shutDown();
    try (BlobUpload upload = store.write(SCOPE, digestOf(text("b")))) {
      upload.write(text("b"));
      upload.commit();
    }
    assertThat(blobs.holds(digestOf(text("b")))).isTrue();
    assertThat(time.restarts).isEqualTo(6);
  }

  private void shutDown() {
    server.close();
    isDown = true;
  }

  /** The real time, in which the server comes back at the first pause after it went. */
  private final class PassingTime implements Retries.Time {
    private int restarts;

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void sleep(Duration pause) throws InterruptedException {
      if (isDown) {
        isDown = false;
        restarts++;
        startAgain();
      }
      Thread.sleep(pause);
    }

    @Override
    public double random() {
      return 1;
    }
  }

  @Test
  void aReadGoesOnWhereItWas() throws Exception {
    ByteString blob = random(1, 30 * MEBIBYTE);
    Digest digest = blobs.add(blob);

    try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
      ByteString head = ByteString.copyFrom(in.readNBytes(MEBIBYTE));
      restart();
      assertThat(head.concat(ByteString.readFrom(in))).isEqualTo(blob);
    }
  }

  @Test
  void anUploadThatCanBeReadAgainIsRepeated() throws Exception {
    ByteString blob = random(2, 30 * MEBIBYTE);
    AtomicInteger opened = new AtomicInteger();

    store.writeFrom(
        SCOPE,
        digestOf(blob),
        () -> {
          InputStream in = blob.newInput();
          return opened.incrementAndGet() > 1 ? in : restartingAt(in, 10 * MEBIBYTE);
        });

    assertThat(blobs.holds(digestOf(blob))).isTrue();
    assertThat(opened.get()).isGreaterThan(1);
  }

  /** The bytes, between which the server is restarted. */
  private InputStream restartingAt(InputStream in, int position) {
    return new InputStream() {
      private int taken;

      @Override
      public int read() throws IOException {
        return in.read();
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (taken < position && taken + length >= position) {
          restart();
        }
        int count = in.read(bytes, offset, length);
        taken += Math.max(0, count);
        return count;
      }
    };
  }

  @Test
  void aStoreThatStaysAwayIsSaidToBeUnavailable() {
    ManualTime time = new ManualTime(() -> {});
    store = new RemoteBlobStore(channel, new Retries(time, Retries.BUDGET));
    ByteString large = random(3, 2 * MEBIBYTE);
    server.close();

    assertThatThrownBy(() -> store.findMissing(SCOPE, List.of(digestOf(large))))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("The store cannot be reached (FindMissingBlobs)");
    assertThatThrownBy(() -> store.read(SCOPE, digestOf(large), 0, 0))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> store.writeFrom(SCOPE, digestOf(large), large::newInput))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(
            () -> {
              try (BlobUpload upload = store.write(SCOPE, digestOf(large))) {
                upload.write(large);
                upload.commit();
              }
            })
        .isInstanceOf(StoreUnavailableException.class);
  }
}
