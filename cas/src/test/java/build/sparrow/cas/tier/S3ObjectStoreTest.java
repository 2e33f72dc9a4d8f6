package build.sparrow.cas.tier;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobSource;
import build.sparrow.cas.CasConfig;
import build.sparrow.cas.CasMain;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.reapi.Digest;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.grpc.ManagedChannel;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against s3proxy, a server that checks signatures, and against one that answers rudely. */
@SuppressWarnings("NullAway.Init")
class S3ObjectStoreTest {
  @TempDir static Path folder;
  private static S3Server server;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start(folder, "bucket");
    System.setProperty("aws.accessKeyId", S3Server.KEY_ID);
    System.setProperty("aws.secretAccessKey", S3Server.SECRET);
  }

  @AfterAll
  static void stop() throws Exception {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    server.close();
  }

  private static TierConfig config(URI endpoint, String bucket) {
    return new TierConfig(bucket, endpoint, "us-east-1", "farm/");
  }

  private static S3ObjectStore open() {
    return S3ObjectStore.open(config(server.endpoint(), "bucket"));
  }

  private static BlobSource source(ByteString bytes) {
    return bytes::newInput;
  }

  @Test
  void objectsArePutAndGot_whateverTheirSizeAndName() throws Exception {
    try (S3ObjectStore objects = open()) {
      for (int size : List.of(0, 1, 1 << 16, 9 << 20)) {
        ByteString bytes = random(size, size);
        String name = "farm/blobs/sha256/iteam%2Fa+b/" + size;

        assertThat(objects.has(name)).isFalse();
        assertThat(objects.get(name)).isEmpty();
        objects.put(name, size, source(bytes));

        assertThat(objects.has(name)).isTrue();
        try (InputStream in = objects.get(name).orElseThrow()) {
          assertThat(in.readAllBytes()).isEqualTo(bytes.toByteArray());
        }
      }
    }
  }

  @Test
  void anObjectMayBeLeftInTheMiddle() throws Exception {
    ByteString bytes = random(1, 9 << 20);
    try (S3ObjectStore objects = open()) {
      objects.put("half", bytes.size(), source(bytes));
      for (int i = 0; i < 20; i++) {
        try (InputStream in = objects.get("half").orElseThrow()) {
          assertThat(in.readNBytes(10)).isEqualTo(bytes.substring(0, 10).toByteArray());
        }
      }
    }
  }

  @Test
  void aSourceThatFailsIsNotTheTiersFault() {
    try (S3ObjectStore objects = open()) {
      Digest digest = digestOf(text("gone"));
      BlobSource gone =
          () -> {
            throw new BlobMissingException(digest);
          };

      assertThatThrownBy(() -> objects.put("gone", digest.sizeBytes(), gone))
          .isInstanceOf(BlobMissingException.class);
    }
  }

  @Test
  void aMissingBucketAWrongKeyAndNobodyThereAreFailuresOfTheTier() throws Exception {
    try (S3ObjectStore nobody =
            S3ObjectStore.open(config(URI.create("http://127.0.0.1:1"), "bucket"));
        S3ObjectStore elsewhere = S3ObjectStore.open(config(server.endpoint(), "no-such"))) {
      assertFails(() -> nobody.has("a"), "HEAD was not answered");
      assertFails(() -> nobody.get("a"), "GET was not answered");
      assertFails(() -> nobody.put("a", 1, source(text("a"))), "PUT was not answered");
      assertFails(() -> elsewhere.get("a"), "GET was answered with 404 NoSuchBucket");
      // Who answers before it has read all may be gone before the answer is.
      assertFails(() -> elsewhere.put("a", 1, source(text("a"))), "PUT was");
    }
    System.setProperty("aws.secretAccessKey", "wrong");
    try (S3ObjectStore stranger = open()) {
      assertFails(() -> stranger.has("a"), "HEAD was answered with 403");
      assertFails(() -> stranger.get("a"), "GET was answered with 403 SignatureDoesNotMatch");
      assertFails(() -> stranger.put("a", 1, source(text("a"))), "PUT was");
    } finally {
      System.setProperty("aws.secretAccessKey", S3Server.SECRET);
    }
  }

  /** A call of a test. */
  @FunctionalInterface
  private interface Call {
    void run() throws IOException;
  }

  private static void assertFails(Call call, String message) {
    TierException failure = catchThrowableOfType(TierException.class, call::run);
    assertThat(failure).as(message).hasMessageContaining(message);
    assertThat(failure.refusesObject()).isFalse();
  }

  @Test
  void throttledBrokenAndTooLargeAreToldApart() throws Exception {
    assertFails(() -> ask(503, "SlowDown"), "GET was answered with 503 SlowDown");
    assertFails(() -> ask(500, "InternalError"), "GET was answered with 500 InternalError");
    assertFails(() -> ask(403, "AccessDenied"), "GET was answered with 403 AccessDenied");
    TierException tooLarge =
        catchThrowableOfType(TierException.class, () -> ask(400, "EntityTooLarge"));
    assertThat(tooLarge.refusesObject()).isTrue();
  }

  @Test
  void anAnswerThatBreaksOffIsAFailureOfTheTier() throws Exception {
    HttpServer rude =
        rude(
            exchange -> {
              exchange.sendResponseHeaders(200, 1_000);
              exchange.getResponseBody().write(new byte[10]);
              exchange.getResponseBody().flush();
              exchange.close();
            });
    try (S3ObjectStore objects = S3ObjectStore.open(config(endpoint(rude), "bucket"));
        InputStream in = objects.get("a").orElseThrow()) {
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(TierException.class)
          .hasMessageContaining("GET broke off");
    } finally {
      rude.stop(0);
    }
  }

  @Test
  void aConnectionThatIsClosedUnderARequestIsNoFailure() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    HttpServer rude =
        rude(
            exchange -> {
              if (requests.incrementAndGet() > 1) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(200, -1);
              }
              exchange.close();
            });
    try (S3ObjectStore objects = S3ObjectStore.open(config(endpoint(rude), "bucket"))) {
      ByteString blob = random(7, 100_000);

      objects.put("a", blob.size(), blob::newInput);

      assertThat(requests).hasValue(2);
    } finally {
      rude.stop(0);
    }
  }

  private static void ask(int status, String code) throws IOException {
    HttpServer rude =
        rude(
            exchange -> {
              byte[] body =
                  "<Error><Code>%s</Code></Error>".formatted(code).getBytes(StandardCharsets.UTF_8);
              exchange.getResponseHeaders().add("Content-Type", "application/xml");
              exchange.sendResponseHeaders(status, body.length);
              exchange.getResponseBody().write(body);
              exchange.close();
            });
    try (S3ObjectStore objects = S3ObjectStore.open(config(endpoint(rude), "bucket"))) {
      objects.get("a");
    } finally {
      rude.stop(0);
    }
  }

  private static HttpServer rude(com.sun.net.httpserver.HttpHandler answer) throws IOException {
    HttpServer rude =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    rude.createContext("/", answer);
    rude.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    rude.start();
    return rude;
  }

  private static URI endpoint(HttpServer rude) {
    return URI.create("http://127.0.0.1:" + rude.getAddress().getPort());
  }

  @Test
  void aShardThatLosesItsDiskServesWhatItsTierHas() throws Exception {
    ByteString small = text("small");
    ByteString large = random(7, 6 << 20);
    Map<Digest, ByteString> blobs = Map.of(digestOf(small), small);
    try (Shard shard = Shard.start(folder.resolve("before"))) {
      shard.blobs().writeAll(SCOPE, blobs);
      shard.blobs().writeFrom(SCOPE, digestOf(large), large::newInput);
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!Integer.valueOf(2).equals(shard.uploaded())) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        Thread.onSpinWait();
      }
    }

    try (Shard shard = Shard.start(folder.resolve("after"))) {
      assertThat(shard.blobs().readAll(SCOPE, blobs.keySet())).isEqualTo(blobs);
      try (InputStream in = shard.blobs().read(SCOPE, digestOf(large), 0, 0)) {
        assertThat(ByteString.readFrom(in)).isEqualTo(large);
      }
      assertThat(shard.blobs().findMissing(SCOPE, List.of(digestOf(small), digestOf(large))))
          .isEmpty();
    }
  }

  /** A shard with a tier, and somebody who asks it. */
  private record Shard(CasMain main, CollectorRegistry registry, ManagedChannel channel)
      implements AutoCloseable {
    static Shard start(Path data) throws Exception {
      Files.createDirectories(data);
      CollectorRegistry registry = new CollectorRegistry();
      CasMain main =
          CasMain.start(
              new CasConfig(
                      Endpoint.loopback(0), data, DataSize.ofMebibytes(64), Duration.ofHours(3))
                  .with(config(server.endpoint(), "bucket")),
              registry);
      return new Shard(main, registry, GrpcChannels.connect(main.endpoint()));
    }

    RemoteBlobStore blobs() {
      return new RemoteBlobStore(channel);
    }

    int uploaded() {
      return registry.getSampleValue("sparrow_tier_uploaded_blobs_total").intValue();
    }

    @Override
    public void close() {
      channel.shutdownNow();
      main.close();
    }
  }
}
