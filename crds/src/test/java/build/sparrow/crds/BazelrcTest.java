package build.sparrow.crds;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.PoolSpec.PlatformProperty;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BazelrcTest {
  private static final String ENDPOINT = "grpc://127.0.0.1:8980";

  @Test
  void onePoolNeedsNoPlatform() {
    assertThat(Bazelrc.lines(ENDPOINT, List.of(Pools.named("linux")), 4))
        .isEqualTo(
            """
            build --remote_executor=grpc://127.0.0.1:8980
            build --jobs=8
            build --remote_timeout=600
            build --remote_retries=10
            build --grpc_keepalive_time=30s
            # Where the network is slow, add: build --remote_cache_compression
            """);
  }

  @Test
  void poolsAreChosenByConfig_withOneValueForEachName() {
    List<PoolSpec> pools =
        List.of(
            Pools.named("linux"),
            Pools.onPlatform(
                "arm",
                new PlatformProperty("cpu", "arm64"),
                new PlatformProperty("cpu", "armv7"),
                new PlatformProperty("image", "my \"image\"")));

    assertThat(Bazelrc.lines(ENDPOINT, pools, 1))
        .contains(
            """
            # Choose a pool with --config=linux or --config=arm
            build:linux --remote_default_exec_properties=OSFamily=linux
            build:arm --remote_default_exec_properties=cpu=arm64
            build:arm "--remote_default_exec_properties=image=my \\"image\\""
            """);
  }

  @Test
  void farmWithoutExecutorsIsACache() {
    assertThat(Bazelrc.lines(ENDPOINT, List.of(), 0))
        .startsWith("build --remote_cache=grpc://127.0.0.1:8980\n")
        .doesNotContain("remote_executor", "jobs");
  }
}
