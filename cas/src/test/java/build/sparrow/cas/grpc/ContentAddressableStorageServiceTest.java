package build.sparrow.cas.grpc;

import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.BatchReadBlobsRequest;
import build.bazel.remote.execution.v2.BatchReadBlobsResponse;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsResponse;
import build.bazel.remote.execution.v2.Compressor;
import build.bazel.remote.execution.v2.FindMissingBlobsRequest;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.InMemoryBlobStore;
import build.sparrow.cas.StoreFullException;
import build.sparrow.reapi.Digest;
import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContentAddressableStorageServiceTest {
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

  static AbstractThrowableAssert<?, ?> assertFails(Status.Code code, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).as("%s", e.getStatus()).isEqualTo(code));
  }

  private static BatchUpdateBlobsRequest.Request request(Digest digest, ByteString data) {
    return BatchUpdateBlobsRequest.Request.newBuilder()
        .setDigest(digest.toProto())
        .setData(data)
        .build();
  }

  private static BatchUpdateBlobsRequest.Request zstd(Digest digest, ByteString data) {
    return request(digest, data).toBuilder().setCompressor(Compressor.Value.ZSTD).build();
  }

  private BatchUpdateBlobsResponse update(BatchUpdateBlobsRequest.Request... requests) {
    var batch = BatchUpdateBlobsRequest.newBuilder();
    for (var request : requests) {
      batch.addRequests(request);
    }
    return server.cas().batchUpdateBlobs(batch.build());
  }

  private static ByteString compressed(ByteString blob) {
    return ByteString.copyFrom(Zstd.compress(blob.toByteArray()));
  }

  @Test
  void missingBlobsAreFound() {
    Digest held = store.add(text("held"));

    var response =
        server
            .cas()
            .findMissingBlobs(
                FindMissingBlobsRequest.newBuilder()
                    .addBlobDigests(held.toProto())
                    .addBlobDigests(unknown(5).toProto())
                    .addBlobDigests(digestOf(ByteString.EMPTY).toProto())
                    .build());

    assertThat(response.getMissingBlobDigestsList()).containsExactly(unknown(5).toProto());
    assertThat(
            server
                .cas()
                .findMissingBlobs(FindMissingBlobsRequest.getDefaultInstance())
                .getMissingBlobDigestsCount())
        .isZero();
  }

  @Test
  void malformedDigestsAreRefused_namingTheField() {
    var upperCase = unknown(5).toProto().toBuilder().setHash("ABCDEF".repeat(10) + "ABCD").build();
    var negative = unknown(5).toProto().toBuilder().setSizeBytes(-1).build();
    for (var wrong :
        new build.bazel.remote.execution.v2.Digest[] {
          upperCase, negative, unknown(0).toProto(), upperCase.toBuilder().setHash("").build()
        }) {
      assertFails(
              Status.Code.INVALID_ARGUMENT,
              () ->
                  server
                      .cas()
                      .findMissingBlobs(
                          FindMissingBlobsRequest.newBuilder()
                              .addBlobDigests(unknown(5).toProto())
                              .addBlobDigests(wrong)
                              .build()))
          .hasMessageContaining("blob_digests[1]");
    }
    assertFails(
            Status.Code.INVALID_ARGUMENT,
            () ->
                server
                    .cas()
                    .batchReadBlobs(
                        BatchReadBlobsRequest.newBuilder()
                            .setInstanceName("a//b")
                            .addDigests(unknown(5).toProto())
                            .build()))
        .hasMessageContaining("instance_name is \"a//b\"");
  }

  @Test
  void eachBlobOfABatchHasItsOwnStatus() {
    ByteString good = text("good");
    ByteString large = random(1, 100_000).concat(ByteString.copyFrom(new byte[100_000]));
    Digest other = digestOf(text("other"));
    Digest fifth = digestOf(text("fifth"));

    BatchUpdateBlobsResponse response =
        update(
            request(digestOf(good), good),
            request(other, text("wrong")),
            zstd(digestOf(large), compressed(large)),
            zstd(fifth, text("no zstd")),
            request(unknown(3), text("abc")).toBuilder()
                .setCompressor(Compressor.Value.DEFLATE)
                .build(),
            request(new Digest("ab", 4), good));

    assertThat(response.getResponsesList())
        .extracting(r -> r.getStatus().getCode())
        .containsExactly(
            Code.OK_VALUE,
            Code.INVALID_ARGUMENT_VALUE,
            Code.OK_VALUE,
            Code.INVALID_ARGUMENT_VALUE,
            Code.INVALID_ARGUMENT_VALUE,
            Code.INVALID_ARGUMENT_VALUE);
    assertThat(response.getResponses(1).getStatus().getMessage())
        .isEqualTo(
            "blob has SHA-256 %s, while %s was announced"
                .formatted(digestOf(text("wrong")).hash(), other.hash()));
    assertThat(response.getResponses(3).getStatus().getMessage()).contains("not valid zstd");
    assertThat(response.getResponses(4).getStatus().getMessage())
        .contains("requests[4].compressor is DEFLATE");
    assertThat(response.getResponses(5).getStatus().getMessage())
        .contains("requests[5].digest.hash is \"ab\"");
    assertThat(response.getResponses(5).getDigest().getHash()).isEqualTo("ab");
    assertThat(store.holds(digestOf(good))).isTrue();
    assertThat(store.holds(digestOf(large))).isTrue();
    assertThat(store.holds(other)).isFalse();
    assertThat(store.holds(fifth)).isFalse();
  }

  @Test
  void aFullStoreIsToldForEachBlob() throws Exception {
    InMemoryBlobStore full =
        new InMemoryBlobStore() {
          @Override
          public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
            throw new StoreFullException("The store is full");
          }
        };
    try (TestServer fullServer = new TestServer(full)) {
      var response =
          fullServer
              .cas()
              .batchUpdateBlobs(
                  BatchUpdateBlobsRequest.newBuilder()
                      .addRequests(request(digestOf(text("a")), text("a")))
                      .build());

      assertThat(response.getResponses(0).getStatus().getCode())
          .isEqualTo(Code.RESOURCE_EXHAUSTED_VALUE);
    }
  }

  @Test
  void aBatchOverTheLimitIsRefused_namingLimitAndSize() {
    ByteString half = random(2, (2 << 20) + 1);
    String message =
        "4194306 bytes together, at most 4194304 are allowed (max_batch_total_size_bytes)";

    assertFails(
            Status.Code.INVALID_ARGUMENT,
            () -> update(request(digestOf(half), half), request(digestOf(half), half)))
        .hasMessageContaining(message);
    assertThat(store.holds(digestOf(half))).isFalse();
    assertFails(
            Status.Code.INVALID_ARGUMENT,
            () ->
                server
                    .cas()
                    .batchReadBlobs(
                        BatchReadBlobsRequest.newBuilder()
                            .addDigests(digestOf(half).toProto())
                            .addDigests(digestOf(half).toProto())
                            .build()))
        .hasMessageContaining(message);
    assertFails(
            Status.Code.INVALID_ARGUMENT,
            () -> update(zstd(unknown(1L << 40), compressed(ByteString.copyFrom(new byte[9])))))
        .hasMessageContaining("1099511627776 bytes together");
  }

  @Test
  void blobsAreReadInABatch_compressedWhereThatIsAskedForAndPays() {
    ByteString zeros = ByteString.copyFrom(new byte[10_000]);
    Digest compressible = store.add(zeros);
    Digest incompressible = store.add(random(3, 10_000));
    Digest tiny = store.add(ByteString.copyFrom(new byte[100]));
    var request =
        BatchReadBlobsRequest.newBuilder()
            .addDigests(compressible.toProto())
            .addDigests(incompressible.toProto())
            .addDigests(tiny.toProto())
            .addDigests(unknown(4).toProto())
            .addDigests(digestOf(ByteString.EMPTY).toProto());

    BatchReadBlobsResponse plain = server.cas().batchReadBlobs(request.build());
    BatchReadBlobsResponse zstd =
        server
            .cas()
            .batchReadBlobs(request.addAcceptableCompressors(Compressor.Value.ZSTD).build());

    assertThat(plain.getResponses(0).getData()).isEqualTo(zeros);
    assertThat(plain.getResponses(3).getStatus().getCode()).isEqualTo(Code.NOT_FOUND_VALUE);
    assertThat(plain.getResponses(3).getStatus().getMessage()).contains(unknown(4).toString());
    assertThat(plain.getResponses(4).getStatus().getCode()).isEqualTo(Code.OK_VALUE);
    assertThat(zstd.getResponsesList())
        .extracting(r -> r.getCompressor())
        .containsExactly(
            Compressor.Value.ZSTD,
            Compressor.Value.IDENTITY,
            Compressor.Value.IDENTITY,
            Compressor.Value.IDENTITY,
            Compressor.Value.IDENTITY);
    assertThat(Zstd.decompress(zstd.getResponses(0).getData().toByteArray(), 10_000))
        .isEqualTo(zeros.toByteArray());
  }
}
