package build.sparrow.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.CacheCapabilities;
import build.bazel.remote.execution.v2.CapabilitiesGrpc;
import build.bazel.remote.execution.v2.Compressor;
import build.bazel.remote.execution.v2.DigestFunction;
import build.bazel.remote.execution.v2.ExecutionCapabilities;
import build.bazel.remote.execution.v2.GetCapabilitiesRequest;
import build.bazel.remote.execution.v2.ServerCapabilities;
import build.bazel.remote.execution.v2.SymlinkAbsolutePathStrategy;
import build.bazel.semver.SemVer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins what clients are told; each value decides how some client behaves. */
@SuppressWarnings("NullAway.Init")
final class CapabilitiesTest {
  @TempDir private static Path directory;
  private static LoopbackFarm farm;
  private static ServerCapabilities capabilities;

  @BeforeAll
  static void ask() throws Exception {
    farm = LoopbackFarm.start(directory);
    capabilities =
        CapabilitiesGrpc.newBlockingStub(farm.channel())
            .getCapabilities(GetCapabilitiesRequest.getDefaultInstance());
  }

  @AfterAll
  static void stopFarm() {
    farm.close();
  }

  @Test
  void versionsReachFromTheFirstToTheLast() {
    assertThat(capabilities.getLowApiVersion())
        .isEqualTo(SemVer.newBuilder().setMajor(2).setMinor(0).build());
    assertThat(capabilities.getHighApiVersion())
        .isEqualTo(SemVer.newBuilder().setMajor(2).setMinor(12).build());
  }

  @Test
  void storeSaysWhatItTakes() {
    CacheCapabilities cache = capabilities.getCacheCapabilities();

    assertThat(cache.getDigestFunctionsList())
        .containsExactly(
            DigestFunction.Value.SHA256,
            DigestFunction.Value.BLAKE3,
            DigestFunction.Value.SHA1,
            DigestFunction.Value.SHA384,
            DigestFunction.Value.SHA512,
            DigestFunction.Value.MD5);
    // One client looks at the first compressor only, and takes IDENTITY for a no.
    assertThat(cache.getSupportedCompressors(0)).isEqualTo(Compressor.Value.ZSTD);
    assertThat(cache.getSupportedBatchUpdateCompressors(0)).isEqualTo(Compressor.Value.ZSTD);
    assertThat(cache.getMaxBatchTotalSizeBytes()).isEqualTo(4 << 20);
    assertThat(cache.getActionCacheUpdateCapabilities().getUpdateEnabled()).isTrue();
    assertThat(cache.getSymlinkAbsolutePathStrategy())
        .isEqualTo(SymlinkAbsolutePathStrategy.Value.ALLOWED);
    assertThat(cache.getMaxCasBlobSizeBytes()).isZero();
  }

  @Test
  void chunksAreCutAsTheProtocolRecommends() {
    CacheCapabilities cache = capabilities.getCacheCapabilities();

    assertThat(cache.getSplitBlobSupport()).isTrue();
    assertThat(cache.getSpliceBlobSupport()).isTrue();
    assertThat(cache.getFastCdc2020Params().getAvgChunkSizeBytes()).isEqualTo(512 << 10);
    assertThat(cache.getFastCdc2020Params().getSeed()).isZero();
  }

  @Test
  void nothingIsAnnouncedThatIsNotServed() {
    CacheCapabilities cache = capabilities.getCacheCapabilities();

    assertThat(cache.hasRepMaxCdcParams()).isFalse();
  }

  @Test
  void executionIsOffered() {
    ExecutionCapabilities execution = capabilities.getExecutionCapabilities();

    assertThat(execution.getExecEnabled()).isTrue();
    assertThat(execution.getDigestFunction()).isEqualTo(DigestFunction.Value.SHA256);
    assertThat(execution.getDigestFunctionsList())
        .isEqualTo(capabilities.getCacheCapabilities().getDigestFunctionsList());
    assertThat(execution.getExecutionPriorityCapabilities().getPrioritiesList())
        .singleElement()
        .satisfies(
            range -> {
              assertThat(range.getMinPriority()).isEqualTo(-1000);
              assertThat(range.getMaxPriority()).isEqualTo(1000);
            });
  }

  @Test
  void instanceNameIsChecked() {
    assertThatThrownBy(
            () ->
                CapabilitiesGrpc.newBlockingStub(farm.channel())
                    .getCapabilities(
                        GetCapabilitiesRequest.newBuilder().setInstanceName("/x").build()))
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("instance_name");
  }
}
