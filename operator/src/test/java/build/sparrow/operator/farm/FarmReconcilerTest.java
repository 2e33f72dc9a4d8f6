package build.sparrow.operator.farm;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.BuildFarm;
import build.sparrow.operator.ChartRules;
import build.sparrow.operator.link.FarmKey;
import build.sparrow.operator.status.ConditionType;
import build.sparrow.operator.status.KubernetesEvents;
import build.sparrow.service.Endpoint;
import io.fabric8.kubernetes.api.model.Service;
import io.javaoperatorsdk.operator.Operator;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reconciler with real informers, at an API server in memory. */
final class FarmReconcilerTest {
  private static final FarmKey KEY = new FarmKey("builds", "main");

  @SuppressWarnings("NullAway.Init")
  private FarmWorld world;

  @SuppressWarnings("NullAway.Init")
  private Operator operator;

  @BeforeEach
  void start() throws IOException {
    world = new FarmWorld();
    operator =
        new Operator(
            config ->
                config
                    .withKubernetesClient(world.server.client())
                    .withCloseClientOnStop(false)
                    .checkingCRDAndValidateLocalModel(false)
                    .withUseSSAToPatchPrimaryResource(false));
    operator.register(
        new FarmReconciler(
            world.server.client(),
            world.links,
            new KubernetesEvents(world.server.client(), world.clock),
            FarmWorld.IMAGE,
            world.clock),
        config -> config.settingNamespace("builds"));
    operator.start();
  }

  @AfterEach
  void stop() {
    operator.stop();
    world.close();
  }

  @Test
  void farmIsMade_seenReady_healed_andForgottenWithItsDeletion() throws Exception {
    world.apply(FarmWorld.farm("executorPools: [{name: linux}]"));
    awaitState("StorageReady", "False StorageStarting");
    world.controllersFinish();
    awaitState("Ready", "True AllComponentsReady");
    assertThat(world.links.followed).containsEntry(KEY, Set.of(new Endpoint("10.0.0.1", 8980)));

    world.server.client().resource(world.get(Service.class, "main-shards")).delete();
    world.clock.move(Duration.ofSeconds(6));
    world.apply(FarmWorld.farm("executorPools: [{name: linux}, {name: none}]"));
    awaitState("SpecValid", "False SpecInvalid");
    world.server.await(
        "the Service is made again",
        () -> world.server.state().containsKey("services builds/main-shards"));

    world.server.client().resource(world.farm()).delete();
    world.server.await(
        "the farm is forgotten", () -> Set.of().equals(world.links.followed.get(KEY)));
  }

  @Test
  void nothingIsAskedThatTheChartDoesNotGrant() throws Exception {
    world.apply(FarmWorld.farm("executorPools: [{name: linux}]"));
    awaitState("StorageReady", "False StorageStarting");
    world.claimIs("Pending", "fast", "20Gi");
    awaitState("StorageReady", "False StorageClassMissing");
    world.controllersFinish();
    awaitState("Ready", "True AllComponentsReady");
    world.apply(FarmWorld.farm("{}"));
    world.server.await(
        "the pool is gone",
        () -> !world.server.state().containsKey("executorpools.sparrow.build builds/main-linux"));

    assertThat(world.server.requests())
        .contains("patch deployments.apps", "update buildfarms.sparrow.build/status")
        .isSubsetOf(ChartRules.granted());
  }

  private void awaitState(String type, String state) throws InterruptedException {
    world.server.await(
        type + "=" + state,
        () -> {
          BuildFarm farm = world.farm();
          return farm.getStatus().conditions().stream()
              .anyMatch(
                  condition ->
                      condition.getType().equals(type)
                          && (condition.getStatus() + " " + condition.getReason()).equals(state));
        });
  }

  @Test
  void everyConditionTypeOfAFarmIsSet() throws Exception {
    world.apply(FarmWorld.farm("{}"));
    awaitState("Paused", "False NotPaused");

    assertThat(world.farm().getStatus().conditions())
        .extracting(condition -> condition.getType())
        .containsExactlyInAnyOrder(
            ConditionType.READY.word(),
            ConditionType.RECONCILING.word(),
            ConditionType.STALLED.word(),
            ConditionType.SPEC_VALID.word(),
            ConditionType.STORAGE_READY.word(),
            ConditionType.FRONTEND_READY.word(),
            ConditionType.EXECUTORS_READY.word(),
            ConditionType.UPDATE_IN_PROGRESS.word(),
            ConditionType.DEGRADED.word(),
            ConditionType.PAUSED.word(),
            ConditionType.APPLY_LOOP.word());
  }
}
