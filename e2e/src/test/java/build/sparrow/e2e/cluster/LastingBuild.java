package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelCommand;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.farm.Eventually;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A build of twelve actions of twenty seconds, four at a time: what is lost shows in the time that
 * it takes.
 */
final class LastingBuild {
  private static final int ACTIONS = 12;
  private static final Duration LIMIT = Duration.ofMinutes(6);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final BazelCommand command;

  private LastingBuild(BazelCommand command) {
    this.command = command;
  }

  /** Builds what no cache has, with Bazel's own flags but for how many actions run at a time. */
  static LastingBuild start(Bazel bazel) {
    String salt = "--action_env=SPARROW_E2E_SALT=" + UUID.randomUUID();
    return new LastingBuild(bazel.start("build", salt, "--jobs=4", "//slow:lasting"));
  }

  /** An executor that runs actions of it, on a node that is none of those. */
  static Pod awaitBusyExecutor(TestFarm farm, Set<String> spared) {
    return Eventually.get(
        "an executor on another node than " + spared + " runs actions",
        START_LIMIT,
        Duration.ofMillis(200),
        () -> {
          Map<String, Integer> running = farm.running();
          return farm.pods(TestFarm.EXECUTOR).stream()
              .filter(pod -> !spared.contains(pod.getSpec().getNodeName()))
              .filter(pod -> running.getOrDefault(pod.getMetadata().getName(), 0) > 0)
              .findFirst();
        });
  }

  /** Waits for its end: it succeeded, and the farm ran all of it. */
  BazelResult succeeded() {
    BazelResult result = command.await(LIMIT).succeeded();
    assertThat(result.processes().local()).as(result.output()).isZero();
    assertThat(result.processes().remote() + result.processes().remoteCacheHits())
        .as(result.output())
        .isEqualTo(ACTIONS);
    return result;
  }

  /** The same, and nothing told Bazel that anything was amiss. */
  void noticedNothing() {
    BazelResult result = succeeded();
    assertThat(result.warnings()).isEmpty();
    assertThat(result.calls().of("Execute"))
        .hasSize(ACTIONS)
        .allSatisfy(call -> assertThat(call.code()).as("%s", call).isZero());
  }
}
