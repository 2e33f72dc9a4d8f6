package build.sparrow.frontend.capabilities;

import build.bazel.remote.execution.v2.ActionCacheUpdateCapabilities;
import build.bazel.remote.execution.v2.CacheCapabilities;
import build.bazel.remote.execution.v2.CapabilitiesGrpc;
import build.bazel.remote.execution.v2.ExecutionCapabilities;
import build.bazel.remote.execution.v2.FastCdc2020Params;
import build.bazel.remote.execution.v2.GetCapabilitiesRequest;
import build.bazel.remote.execution.v2.PriorityCapabilities;
import build.bazel.remote.execution.v2.ServerCapabilities;
import build.bazel.remote.execution.v2.SymlinkAbsolutePathStrategy;
import build.bazel.semver.SemVer;
import build.sparrow.cas.chunk.FastCdc;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.List;

/** Announces versions, digest functions, compressors and limits; the same for every instance. */
public final class CapabilitiesService extends CapabilitiesGrpc.CapabilitiesImplBase {
  private final ServerCapabilities capabilities;

  /**
   * Takes what a farm may choose.
   *
   * @param maxBatchBytes the most bytes of all blobs of one batch
   * @param priorities of actions
   */
  public CapabilitiesService(long maxBatchBytes, PriorityCapabilities priorities) {
    List<build.bazel.remote.execution.v2.DigestFunction.Value> functions =
        Arrays.stream(DigestFunction.values()).map(DigestFunction::toProto).toList();
    // Some clients look at the first entry only, and leave compression off if it is IDENTITY.
    var compressors = List.of(Compressor.ZSTD.toProto(), Compressor.IDENTITY.toProto());
    this.capabilities =
        ServerCapabilities.newBuilder()
            .setLowApiVersion(SemVer.newBuilder().setMajor(2).setMinor(0))
            .setHighApiVersion(SemVer.newBuilder().setMajor(2).setMinor(12))
            .setCacheCapabilities(
                CacheCapabilities.newBuilder()
                    .addAllDigestFunctions(functions)
                    .setActionCacheUpdateCapabilities(
                        ActionCacheUpdateCapabilities.newBuilder().setUpdateEnabled(true))
                    .setMaxBatchTotalSizeBytes(maxBatchBytes)
                    .setSymlinkAbsolutePathStrategy(SymlinkAbsolutePathStrategy.Value.ALLOWED)
                    .addAllSupportedCompressors(compressors)
                    .addAllSupportedBatchUpdateCompressors(compressors)
                    .setSplitBlobSupport(true)
                    .setSpliceBlobSupport(true)
                    .setFastCdc2020Params(
                        FastCdc2020Params.newBuilder().setAvgChunkSizeBytes(FastCdc.AVERAGE_BYTES)))
            .setExecutionCapabilities(
                ExecutionCapabilities.newBuilder()
                    .setDigestFunction(DigestFunction.SHA256.toProto())
                    .addAllDigestFunctions(functions)
                    .setExecEnabled(true)
                    .setExecutionPriorityCapabilities(priorities))
            .build();
  }

  @Override
  public void getCapabilities(
      GetCapabilitiesRequest request, StreamObserver<ServerCapabilities> responses) {
    InstanceName.parse(request.getInstanceName());
    responses.onNext(capabilities);
    responses.onCompleted();
  }
}
