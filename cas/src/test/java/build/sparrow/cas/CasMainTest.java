package build.sparrow.cas;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionCacheGrpc;
import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.GetActionResultRequest;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.UpdateActionResultRequest;
import build.sparrow.cas.client.RemoteActionCache;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.cas.segment.Durability;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CasMainTest {
  private static final ActionKey KEY =
      new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, digestOf(text("action")));

  @TempDir Path folder;
  private final CollectorRegistry registry = new CollectorRegistry();

  private CasConfig config() {
    return new CasConfig(
        new Endpoint("127.0.0.1", 0),
        folder.resolve("shard"),
        DataSize.ofMebibytes(64),
        Duration.ofHours(3));
  }

  private static ActionResult result(String path) {
    return ActionResult.newBuilder()
        .addOutputFiles(
            OutputFile.newBuilder().setPath(path).setDigest(digestOf(text("output")).toProto()))
        .build();
  }

  @Test
  void blobsAndResultsSurviveARestartOfTheShard() throws Exception {
    Digest output = digestOf(text("output"));
    try (CasMain shard = CasMain.start(config(), registry)) {
      ManagedChannel channel = GrpcChannels.connect(shard.endpoint());
      RemoteBlobStore blobs = new RemoteBlobStore(channel);
      RemoteActionCache results = new RemoteActionCache(channel);

      results.put(KEY, result("out"));
      assertThat(results.get(KEY)).as("without its output").isEmpty();
      blobs.writeAll(SCOPE, Map.of(output, text("output")));
      assertThat(results.get(KEY)).contains(result("out"));
      channel.shutdownNow();
    }

    try (CasMain shard = CasMain.start(config(), registry)) {
      ManagedChannel channel = GrpcChannels.connect(shard.endpoint());

      assertThat(new RemoteBlobStore(channel).findMissing(SCOPE, List.of(output))).isEmpty();
      assertThat(new RemoteActionCache(channel).get(KEY)).contains(result("out"));
      assertThat(registry.getSampleValue("sparrow_cas_entries", name(), value("blobs")))
          .isEqualTo(1);
      assertThat(registry.getSampleValue("sparrow_cas_entries", name(), value("action_results")))
          .isEqualTo(1);
      assertThat(
              registry.getSampleValue(
                  "sparrow_cas_capacity_bytes", name(), value("action_results")))
          .isEqualTo(4 << 20);
      channel.shutdownNow();
    }
  }

  private static String[] name() {
    return new String[] {"store"};
  }

  private static String[] value(String store) {
    return new String[] {store};
  }

  @Test
  void theActionCacheAnswersInTheProtocolsTerms() throws Exception {
    try (CasMain shard = CasMain.start(config(), registry)) {
      ManagedChannel channel = GrpcChannels.connect(shard.endpoint());
      var stub = ActionCacheGrpc.newBlockingStub(channel);
      var get =
          GetActionResultRequest.newBuilder()
              .setActionDigest(KEY.action().toProto())
              .addInlineOutputFiles("out");
      var update = UpdateActionResultRequest.newBuilder().setActionDigest(KEY.action().toProto());

      assertFails(Status.Code.NOT_FOUND, "has no result", () -> stub.getActionResult(get.build()));
      assertFails(
          Status.Code.INVALID_ARGUMENT,
          "action_result is not set",
          () -> stub.updateActionResult(update.build()));
      assertFails(
          Status.Code.INVALID_ARGUMENT,
          "../out",
          () -> stub.updateActionResult(update.setActionResult(result("../out")).build()));
      assertFails(
          Status.Code.INVALID_ARGUMENT,
          "action_digest.hash is \"xyz\"",
          () ->
              stub.getActionResult(
                  GetActionResultRequest.newBuilder()
                      .setDigestFunction(
                          build.bazel.remote.execution.v2.DigestFunction.Value.SHA256)
                      .setActionDigest(KEY.action().toProto().toBuilder().setHash("xyz"))
                      .build()));
      new RemoteBlobStore(channel)
          .writeAll(SCOPE, Map.of(digestOf(text("output")), text("output")));
      assertThat(stub.updateActionResult(update.setActionResult(result("out")).build()))
          .isEqualTo(result("out"));
      assertThat(stub.getActionResult(get.build()).getOutputFiles(0).getContents())
          .isEqualTo(text("output"));
      assertThatThrownBy(() -> new RemoteActionCache(channel).put(KEY, result("../out")))
          .isInstanceOf(InvalidActionResultException.class)
          .hasMessageContaining("../out");
      channel.shutdownNow();
    }
  }

  private static void assertFails(
      Status.Code code,
      String message,
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .hasMessageContaining(message)
        .extracting(failure -> Status.fromThrowable(failure).getCode())
        .isEqualTo(code);
  }

  @Test
  void aDataDirectoryInUseIsRefused_andTheFirstShardGoesOn() throws Exception {
    try (CasMain shard = CasMain.start(config(), registry)) {
      assertThatThrownBy(() -> CasMain.start(config(), new CollectorRegistry()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by another store");

      ManagedChannel channel = GrpcChannels.connect(shard.endpoint());
      assertThat(new RemoteActionCache(channel).get(KEY)).isEmpty();
      channel.shutdownNow();
    }
  }

  @Test
  void aDirectoryIsUsedByTheEngineThatWroteIt_andNotGivenToAnother() throws Exception {
    Digest output = digestOf(text("output"));
    CasConfig files = config().with(StorageEngine.FILES, Durability.GROUPED);
    CasConfig segments = config().with(StorageEngine.SEGMENTS, Durability.GROUPED);
    try (CasMain shard = CasMain.start(files, registry)) {
      ManagedChannel channel = GrpcChannels.connect(shard.endpoint());
      new RemoteBlobStore(channel).writeAll(SCOPE, Map.of(output, text("output")));
      channel.shutdownNow();
    }

    assertThatThrownBy(() -> CasMain.start(segments, registry))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "was written with the engine \"files\", while \"segments\" is asked for");
    try (CasMain shard = CasMain.start(config(), registry)) {
      ManagedChannel channel = GrpcChannels.connect(shard.endpoint());
      assertThat(new RemoteBlobStore(channel).findMissing(SCOPE, List.of(output))).isEmpty();
      channel.shutdownNow();
    }
  }

  @Test
  void segmentsAreTheDefault_andNotGivenToTheEngineOfFiles() throws Exception {
    CasMain.start(config(), registry).close();

    assertThat(folder.resolve("shard/cas/format")).exists();
    assertThatThrownBy(
            () -> CasMain.start(config().with(StorageEngine.FILES, Durability.GROUPED), registry))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("was written with the engine \"segments\"");
  }

  @Test
  void aPortInUseLeavesTheDataDirectoryFree() throws Exception {
    try (CasMain other = CasMain.start(config(), registry)) {
      CasConfig clash =
          new CasConfig(
              other.endpoint(),
              folder.resolve("clash"),
              DataSize.ofMebibytes(16),
              Duration.ofHours(3));
      assertThatThrownBy(() -> CasMain.start(clash, new CollectorRegistry()))
          .isInstanceOf(IOException.class);
      CasConfig free =
          new CasConfig(
              new Endpoint("127.0.0.1", 0), clash.dataDirectory(), clash.capacity(), clash.lease());
      try (CasMain second = CasMain.start(free, new CollectorRegistry())) {
        assertThat(second.endpoint().port()).isPositive();
      }
    }
  }
}
