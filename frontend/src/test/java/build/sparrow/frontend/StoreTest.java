package build.sparrow.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsResponse;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc.ContentAddressableStorageBlockingStub;
import build.bazel.remote.execution.v2.GetTreeRequest;
import build.bazel.remote.execution.v2.SpliceBlobRequest;
import build.bazel.remote.execution.v2.SplitBlobRequest;
import build.bazel.remote.execution.v2.SplitBlobResponse;
import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import com.google.bytestream.ByteStreamGrpc;
import com.google.bytestream.QueryWriteStatusRequest;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stores as clients reach them: through the frontend, to the shard and back. */
@SuppressWarnings("NullAway.Init")
final class StoreTest {
  private static final BlobScope SCOPE = new BlobScope(InstanceName.ROOT, DigestFunction.SHA256);

  @TempDir private static Path directory;
  private static LoopbackFarm farm;

  @BeforeAll
  static void startFarm() throws Exception {
    farm = LoopbackFarm.start(directory);
  }

  @AfterAll
  static void stopFarm() {
    farm.close();
  }

  private static ContentAddressableStorageBlockingStub cas() {
    return ContentAddressableStorageGrpc.newBlockingStub(farm.channel());
  }

  @Test
  void largeBlobPassesBothWays() throws Exception {
    byte[] content = new byte[10 << 20];
    new Random(1).nextBytes(content);
    Digest digest = DigestFunction.SHA256.digestOf(content);

    try (var upload = farm.blobs().write(SCOPE, digest)) {
      upload.write(content);
      upload.commit();
    }

    try (InputStream all = farm.blobs().read(SCOPE, digest, 0, 0)) {
      assertThat(all.readAllBytes()).isEqualTo(content);
    }
    try (InputStream part = farm.blobs().read(SCOPE, digest, 5, 3)) {
      assertThat(part.readAllBytes()).containsExactly(content[5], content[6], content[7]);
    }
    assertThat(
            ByteStreamGrpc.newBlockingStub(farm.channel())
                .queryWriteStatus(
                    QueryWriteStatusRequest.newBuilder()
                        .setResourceName(
                            "uploads/00000000-0000-4000-8000-000000000000/blobs/" + digest)
                        .build())
                .getComplete())
        .isTrue();
  }

  @Test
  void wrongBytesAreNotTaken() {
    Digest digest = DigestFunction.SHA256.digestOf(new byte[] {1, 2, 3});

    BatchUpdateBlobsResponse response =
        cas()
            .batchUpdateBlobs(
                BatchUpdateBlobsRequest.newBuilder()
                    .addRequests(
                        BatchUpdateBlobsRequest.Request.newBuilder()
                            .setDigest(digest.toProto())
                            .setData(ByteString.copyFrom(new byte[] {1, 2, 4})))
                    .build());

    assertThat(response.getResponses(0).getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT.value());
  }

  @Test
  void blobsAreSplit_andSplicedOfChunks() throws Exception {
    byte[] content = new byte[5 << 20];
    new Random(2).nextBytes(content);
    Digest digest = DigestFunction.SHA256.digestOf(content);
    ByteString longer = ByteString.copyFrom(content).concat(ByteString.copyFrom(content));
    Digest twice = DigestFunction.SHA256.digestOf(longer);
    try (var upload = farm.blobs().write(SCOPE, digest)) {
      upload.write(content);
      upload.commit();
    }

    SplitBlobResponse split =
        cas().splitBlob(SplitBlobRequest.newBuilder().setBlobDigest(digest.toProto()).build());
    var spliced =
        cas()
            .spliceBlob(
                SpliceBlobRequest.newBuilder()
                    .setBlobDigest(twice.toProto())
                    .addAllChunkDigests(split.getChunkDigestsList())
                    .addAllChunkDigests(split.getChunkDigestsList())
                    .build());

    assertThat(spliced.getBlobDigest()).isEqualTo(twice.toProto());
    try (InputStream all = farm.blobs().read(SCOPE, twice, 0, 0)) {
      assertThat(ByteString.readFrom(all)).isEqualTo(longer);
    }
    assertThatThrownBy(
            () ->
                cas()
                    .spliceBlob(
                        SpliceBlobRequest.newBuilder()
                            .setBlobDigest(twice.toProto())
                            .addAllChunkDigests(split.getChunkDigestsList())
                            .build()))
        .hasMessageContaining("INVALID_ARGUMENT");
  }

  @Test
  void treeIsServed() {
    var root = DigestFunction.SHA256.emptyDigest();

    var pages = cas().getTree(GetTreeRequest.newBuilder().setRootDigest(root.toProto()).build());

    assertThat(pages.next().getDirectoriesCount()).isEqualTo(1);
  }

  @Test
  void resultIsServedOnlyWithItsOutputs() throws Exception {
    ByteString content = ByteString.copyFromUtf8("output of an action");
    Digest digest = DigestFunction.SHA256.digestOf(content);
    ActionKey key =
        new ActionKey(
            InstanceName.ROOT,
            DigestFunction.SHA256,
            DigestFunction.SHA256.digestOf(new byte[] {9}));

    farm.cache().put(key, ActionResult.newBuilder().setStdoutDigest(digest.toProto()).build());
    assertThat(farm.cache().get(key)).isEmpty();

    farm.blobs().writeAll(SCOPE, Map.of(digest, content));
    assertThat(farm.cache().get(key)).isPresent();
  }

  @Test
  void frontendIsHealthy() {
    assertThat(
            HealthGrpc.newBlockingStub(farm.channel())
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }
}
