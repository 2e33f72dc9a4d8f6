package build.sparrow.e2e;

import static build.sparrow.e2e.client.ReapiClient.digest;
import static build.sparrow.e2e.client.ReapiClient.digestOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.BatchReadBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.Compressor;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.FindMissingBlobsRequest;
import build.bazel.remote.execution.v2.GetActionResultRequest;
import build.bazel.remote.execution.v2.GetTreeRequest;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.UpdateActionResultRequest;
import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.client.Refusal;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.google.bytestream.ReadRequest;
import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MalformedTransfersTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String UPLOAD = "uploads/6f1c0f3e-58a4-4c1f-9d3b-0a7b1c2d3e4f/";
  private static final int BATCH_LIMIT = 4 << 20;

  @RegisterExtension static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.NONE));

  @RegisterExtension static final ReapiClient client = ReapiClient.of(farm);

  /**
   * A call that the farm must refuse.
   *
   * @param parts what the message must contain: the field and the value seen
   */
  private record Row(String name, Runnable call, List<String> parts) {
    static Row of(String name, Runnable call, String... parts) {
      return new Row(name, call, List.of(parts));
    }

    DynamicTest toTest() {
      return dynamicTest(
          name,
          () -> {
            Refusal refusal = Refusal.of(call);

            assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(refusal.message()).contains(parts);
          });
    }
  }

  @TestFactory
  Stream<DynamicTest> aMalformedDigestIsRefusedWithFieldAndValue() {
    return Stream.of(
            Row.of("hash too short", () -> find(digest("abc", 3)), "hash", "\"abc\""),
            Row.of(
                "hash in upper case",
                () -> find(digest(HASH.toUpperCase(Locale.ROOT), 3)),
                "hash",
                "0123456789ABCDEF"),
            Row.of("hash not hexadecimal", () -> find(digest("g".repeat(64), 3)), "hash", "gggg"),
            Row.of("hash empty", () -> find(digest("", 3)), "hash", "\"\""),
            Row.of("size negative", () -> find(digest(HASH, -1)), "size_bytes", "-1"),
            Row.of("size 0 of a blob not empty", () -> find(digest(HASH, 0)), "size_bytes", HASH),
            Row.of(
                "size of the empty blob not 0",
                () -> find(digest(digestOf(ByteString.empty()).getHash(), 7)),
                "size_bytes",
                "7"),
            Row.of(
                "second of two digests",
                () -> find(digest(HASH, 1), digest("xyz", 1)),
                "blob_digests[1]",
                "\"xyz\""),
            Row.of("GetActionResult", () -> actionResult(digest("abc", 3)), "hash", "\"abc\""),
            Row.of("Execute", () -> client.execute(digest("abc", 3)), "hash", "\"abc\""),
            Row.of(
                "GetTree",
                () ->
                    client
                        .cas()
                        .getTree(
                            GetTreeRequest.newBuilder().setRootDigest(digest("abc", 3)).build())
                        .forEachRemaining(_ -> {}),
                "hash",
                "\"abc\""),
            Row.of(
                "UpdateActionResult with a malformed output",
                () ->
                    client
                        .actionCache()
                        .updateActionResult(
                            UpdateActionResultRequest.newBuilder()
                                .setActionDigest(digest(HASH, 3))
                                .setActionResult(
                                    ActionResult.newBuilder()
                                        .addOutputFiles(
                                            OutputFile.newBuilder()
                                                .setPath("out")
                                                .setDigest(digest("abc", 3))))
                                .build()),
                "out",
                "\"abc\""))
        .map(Row::toTest);
  }

  @TestFactory
  Stream<DynamicTest> aMalformedResourceNameIsRefusedWithItsValue() {
    return Stream.concat(
            Stream.of(
                    "",
                    "blobs",
                    "blobs/",
                    "blobs/abc/3",
                    "blobs/" + HASH,
                    "blobs/" + HASH + "/",
                    "blobs/" + HASH + "/-1",
                    "blobs/" + HASH + "/many",
                    "blobs/" + HASH + "/99999999999999999999",
                    "blobs/" + HASH + "/007",
                    "blobs//" + HASH + "/3",
                    "/blobs/" + HASH + "/3",
                    "a//blobs/" + HASH + "/3",
                    "compressed-blobs/lz77/" + HASH + "/3",
                    "uncompressed-blobs/" + HASH + "/3")
                .map(name -> Row.of("read " + name, () -> client.read(name), "\"" + name + "\"")),
            Stream.of(
                    "blobs/" + HASH + "/3",
                    "uploads/blobs/" + HASH + "/3",
                    "uploads/no-uuid/blobs/" + HASH + "/3",
                    UPLOAD,
                    UPLOAD + "blobs/abc/3",
                    UPLOAD + "blobs/" + HASH,
                    UPLOAD + "blobs/" + HASH + "/-3",
                    UPLOAD + "compressed-blobs/lz77/" + HASH + "/3")
                .map(
                    name ->
                        Row.of(
                            "write " + name,
                            () -> client.write(name, ByteString.copyFromUtf8("abc")),
                            "\"" + name + "\"")))
        .map(Row::toTest);
  }

  @TestFactory
  Stream<DynamicTest> bytesThatDoNotMatchAreRefusedAndNotVisible() {
    ByteString bytes = ByteString.copyFromUtf8("what was sent");
    ByteString other = ByteString.copyFromUtf8("what was said");
    return Stream.of(
            digestOf(other),
            digest(digestOf(bytes).getHash(), bytes.size() + 1),
            digest(digestOf(bytes).getHash(), bytes.size() - 1))
        .flatMap(
            announced ->
                Stream.of(
                    dynamicTest(
                        "ByteStream of " + announced.getSizeBytes() + " bytes",
                        () ->
                            assertInvalidAndMissing(
                                Refusal.of(
                                    () -> client.write(uploadName("blobs", announced), bytes)),
                                announced)),
                    dynamicTest(
                        "compressed ByteStream of " + announced.getSizeBytes() + " bytes",
                        () ->
                            assertInvalidAndMissing(
                                Refusal.of(
                                    () ->
                                        client.write(
                                            uploadName("compressed-blobs/zstd", announced),
                                            compressed(bytes, 1))),
                                announced)),
                    dynamicTest(
                        "batch of " + announced.getSizeBytes() + " bytes",
                        () ->
                            assertInvalidAndMissing(updateRefusal(announced, bytes), announced))));
  }

  @Test
  void whatIsNoZstdIsRefused() {
    ByteString bytes = ByteString.copyFromUtf8("these bytes are no zstd frame");
    Digest announced = digestOf(bytes);

    Refusal refusal =
        Refusal.of(() -> client.write(uploadName("compressed-blobs/zstd", announced), bytes));

    assertInvalidAndMissing(refusal, announced);
  }

  @Test
  void aZstdStreamThatOutgrowsItsAnnouncedSizeIsRefusedWithBoundedMemory() {
    int mebibytes = 1024;
    ByteString mebibyte = ByteString.copyFrom(new byte[1 << 20]);
    ByteString bomb = compressed(mebibyte, mebibytes);
    Digest announced = digest(HASH, 1000);
    // Loads the code, so that what is measured is the bomb.
    Refusal.of(() -> client.write(uploadName("compressed-blobs/zstd", announced), bomb));
    long before = farm.frontend().residentBytes();

    for (int i = 0; i < 20; i++) {
      Refusal refusal =
          Refusal.of(() -> client.write(uploadName("compressed-blobs/zstd", announced), bomb));
      assertInvalidAndMissing(refusal, announced);
      assertThat(refusal.message()).contains("1000");
    }

    assertThat(farm.frontend().residentBytes() - before).isLessThan(128L << 20);
  }

  @Test
  void aBatchOverTheLimitIsRefusedWithTheLimit() {
    ByteString half = ByteString.copyFrom(new byte[BATCH_LIMIT / 2]);
    ByteString more = half.concat(ByteString.copyFromUtf8("!"));
    BatchUpdateBlobsRequest update =
        BatchUpdateBlobsRequest.newBuilder()
            .addRequests(request(half))
            .addRequests(request(more))
            .build();
    Digest large = digest(HASH, BATCH_LIMIT);
    BatchReadBlobsRequest read =
        BatchReadBlobsRequest.newBuilder().addDigests(large).addDigests(digestOf(more)).build();

    Refusal ofUpdate = Refusal.of(() -> client.cas().batchUpdateBlobs(update));
    Refusal ofRead = Refusal.of(() -> client.cas().batchReadBlobs(read));

    for (Refusal refusal : List.of(ofUpdate, ofRead)) {
      assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(refusal.message()).contains(Integer.toString(BATCH_LIMIT));
    }
    assertThat(client.has(digestOf(half))).isFalse();
  }

  @Test
  void anOffsetBeyondTheBlobIsOutOfRange() {
    Digest digest = client.put(ByteString.copyFromUtf8("short"));
    ReadRequest.Builder request =
        ReadRequest.newBuilder().setResourceName("blobs/" + digest.getHash() + "/5");

    assertThat(client.read(request.setReadOffset(2).build()).toStringUtf8()).isEqualTo("ort");
    Refusal refusal = Refusal.of(() -> client.read(request.setReadOffset(6).build()));
    assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.OUT_OF_RANGE);
    assertThat(refusal.message()).contains("read_offset", "6", "5");
  }

  private static void find(Digest... digests) {
    client
        .cas()
        .findMissingBlobs(
            FindMissingBlobsRequest.newBuilder().addAllBlobDigests(List.of(digests)).build());
  }

  private static void actionResult(Digest action) {
    client
        .actionCache()
        .getActionResult(GetActionResultRequest.newBuilder().setActionDigest(action).build());
  }

  private static Refusal updateRefusal(Digest announced, ByteString bytes) {
    BatchUpdateBlobsRequest request =
        BatchUpdateBlobsRequest.newBuilder()
            .addRequests(
                BatchUpdateBlobsRequest.Request.newBuilder()
                    .setDigest(announced)
                    .setData(bytes)
                    .setCompressor(Compressor.Value.IDENTITY))
            .build();
    return Refusal.of(client.cas().batchUpdateBlobs(request).getResponses(0).getStatus());
  }

  private static BatchUpdateBlobsRequest.Request request(ByteString bytes) {
    return BatchUpdateBlobsRequest.Request.newBuilder()
        .setDigest(digestOf(bytes))
        .setData(bytes)
        .build();
  }

  private static void assertInvalidAndMissing(Refusal refusal, Digest announced) {
    assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(client.has(announced)).isFalse();
  }

  private static String uploadName(String form, Digest digest) {
    return "uploads/%s/%s/%s/%d"
        .formatted(UUID.randomUUID(), form, digest.getHash(), digest.getSizeBytes());
  }

  private static ByteString compressed(ByteString part, int times) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var zstd = new ZstdOutputStreamNoFinalizer(bytes)) {
      for (int i = 0; i < times; i++) {
        part.writeTo(zstd);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }
}
