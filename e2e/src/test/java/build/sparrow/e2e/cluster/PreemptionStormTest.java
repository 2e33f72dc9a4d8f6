package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelCommand;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.farm.Eventually;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PreemptionStormTest {
  private static final int ACTIONS = 200;
  private static final Duration STORM = Duration.ofMinutes(1);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final Bazel bazel = Bazel.with("cluster", () -> namespace.farm().balancedBazelrcLines());

  @Test
  void theBuildSucceeds_whenAnExecutorDiesEveryFiveSecondsForAMinute() throws InterruptedException {
    TestFarm stormy =
        namespace.apply(Example.minimal().exposed().withPools("{replicas: 3}")).awaitReady();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    System.out.println("Seed " + seed);

    BazelCommand build = bazel.start("build", "//slow:steady200");
    Eventually.get(
        "actions run",
        Duration.ofSeconds(60),
        Duration.ofMillis(200),
        () -> stormy.running().values().stream().filter(count -> count > 0).findFirst());
    int killed = 0;
    for (long i = 0; i < STORM.dividedBy(INTERVAL); i++) {
      List<Pod> executors = stormy.pods(TestFarm.EXECUTOR);
      if (!executors.isEmpty()) {
        stormy.kill(executors.get(random.nextInt(executors.size())));
        killed++;
      }
      Thread.sleep(INTERVAL);
    }
    boolean outlasted = build.isRunning();
    BazelResult result = build.await(Duration.ofMinutes(6)).succeeded();

    System.out.printf("%d executors killed; the build outlasted it: %s%n", killed, outlasted);
    assertThat(result.processes().local()).as(result.output()).isZero();
    assertThat(result.processes().remote()).as(result.output()).isEqualTo(ACTIONS);
    assertThat(result.warnings()).isEmpty();
  }
}
