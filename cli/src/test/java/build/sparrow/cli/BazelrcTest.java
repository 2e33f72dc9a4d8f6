package build.sparrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.BuildFarm;
import build.sparrow.service.Endpoint;
import build.sparrow.service.StrictYaml;
import org.junit.jupiter.api.Test;

final class BazelrcTest {
  private static final Endpoint ENDPOINT = Endpoint.loopback(8980);

  @Test
  void onePoolNeedsNoPlatform() throws Exception {
    assertThat(Bazelrc.lines(ENDPOINT, farm("- name: linux").getSpec().executorPools(), 4))
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
  void poolsAreChosenByConfig_withOneValueForEachName() throws Exception {
    BuildFarm farm =
        farm(
            """
            - name: linux
            - name: arm
              platform:
              - {name: cpu, value: arm64}
              - {name: cpu, value: armv7}
              - {name: image, value: my "image"}\
            """);

    assertThat(Bazelrc.lines(ENDPOINT, farm.getSpec().executorPools(), 1))
        .contains(
            """
            # Choose a pool with --config=linux or --config=arm
            build:linux --remote_default_exec_properties=OSFamily=linux
            build:arm --remote_default_exec_properties=cpu=arm64
            build:arm "--remote_default_exec_properties=image=my \\"image\\""
            """);
  }

  @Test
  void farmWithoutExecutorsIsACache() throws Exception {
    assertThat(Bazelrc.lines(ENDPOINT, farm("[]").getSpec().executorPools(), 0))
        .startsWith("build --remote_cache=grpc://127.0.0.1:8980\n")
        .doesNotContain("remote_executor", "jobs");
  }

  private static BuildFarm farm(String pools) throws Exception {
    return StrictYaml.read("spec:\n  executorPools:\n" + pools.indent(4), BuildFarm.class);
  }
}
