package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.bazel.Processes;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class CompressedTransferTest {
  /** All blobs, however small. */
  private static final String[] COMPRESSED = {
    "--remote_cache_compression", "--experimental_remote_cache_compression_threshold=1"
  };

  private static final String ZSTD = "compressed-blobs/zstd/";

  @RegisterExtension
  static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.TOOLCHAIN_ROOT));

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void aBuildThatCompressesWhatItSendsAndFetches_getsTheSameFiles() {
    BazelResult cold =
        bazel.run("run", COMPRESSED[0], COMPRESSED[1], "//greeting:hello").succeeded();
    bazel.clean();
    Processes warm = bazel.run("build", "//greeting:hello").succeeded().processes();

    assertThat(cold.output().lines()).contains("Hello, world.");
    assertThat(cold.processes().remote()).as("%s", cold.processes()).isPositive();
    assertThat(cold.processes().local()).as("%s", cold.processes()).isZero();
    assertThat(cold.calls().of("Write")).isNotEmpty().allMatch(call -> call.mentions(ZSTD));
    assertThat(cold.calls().of("Read")).isNotEmpty().allMatch(call -> call.mentions(ZSTD));
    assertThat(warm.remoteCacheHits()).as("%s", warm).isEqualTo(cold.processes().remote());
  }
}
