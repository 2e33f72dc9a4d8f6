package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.BuildFarm;
import build.sparrow.e2e.farm.Eventually;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SteadyStateTest {
  private static final int FARMS = 50;
  private static final Duration SETTLE_LIMIT = Duration.ofMinutes(3);
  private static final Duration QUIET = Duration.ofSeconds(60);

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @Test
  void nothingIsWrittenInAMinute_whenAFarmIsReadyAndIdle() throws InterruptedException {
    TestFarm farm = namespace.apply(Example.minimal());
    farm.awaitReady();

    assertQuiet();
    // An operator that holds back is quiet, too.
    assertThat(farm.condition("ApplyLoop").orElseThrow().getStatus()).isEqualTo("False");
  }

  @Test
  void nothingIsWrittenInAMinute_whenFiftyFarmsAreIdle() throws InterruptedException {
    for (int i = 0; i < FARMS; i++) {
      // No node has so many processors: the farms take none from those that run.
      namespace.apply(
          Example.minimal()
              .named("farm-" + i)
              .with(
                  """
                  spec:
                    frontend: {resources: {requests: {cpu: 10k}}}
                    storage: {resources: {requests: {cpu: 10k}}}
                    executorPools: []
                  """));
    }
    Eventually.get(
        "all farms say what is in their way",
        SETTLE_LIMIT,
        Duration.ofSeconds(1),
        () ->
            Optional.of(true)
                .filter(
                    _ ->
                        namespace
                                .client()
                                .resources(BuildFarm.class)
                                .inNamespace(namespace.name())
                                .list()
                                .getItems()
                                .stream()
                                .filter(
                                    farm ->
                                        TestFarm.condition(farm.getStatus().conditions(), "Stalled")
                                            .filter(c -> c.getReason().equals("Unschedulable"))
                                            .isPresent())
                                .count()
                            == FARMS));

    assertQuiet();
  }

  /** Waits until nothing changes, and then for a minute more. */
  private static void assertQuiet() throws InterruptedException {
    OwnedObjects objects = new OwnedObjects(namespace);
    Map<String, String> settled =
        Eventually.get(
            "nothing changes for ten seconds",
            SETTLE_LIMIT,
            Duration.ofMillis(1),
            () -> {
              Map<String, String> before = objects.versions();
              pause(Duration.ofSeconds(10));
              return Optional.of(objects.versions()).filter(before::equals);
            });

    Thread.sleep(QUIET);

    assertThat(objects.versions()).isEqualTo(settled);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
