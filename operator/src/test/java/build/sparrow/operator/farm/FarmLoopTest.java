package build.sparrow.operator.farm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.BuildFarmStatus;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.ExecutorPoolSpec;
import build.sparrow.operator.ApplyingApiServer.Write;
import build.sparrow.operator.link.FarmKey;
import build.sparrow.operator.link.StorageGrowth;
import build.sparrow.operator.status.ConditionType;
import build.sparrow.service.Endpoint;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The farm over time, at an API server that can crash. */
final class FarmLoopTest {
  private static final String TWO_POOLS =
      """
      frontend: {replicas: 2}
      executorPools:
      - name: linux
        replicas: 3
        platform: [{name: OSFamily, value: linux}]
      - name: big
        platform: [{name: size, value: big}]
        autoscaling: {mode: Internal, minReplicas: 0}
      """;

  @SuppressWarnings("NullAway.Init")
  private FarmWorld world;

  @BeforeEach
  void start() throws Exception {
    world = new FarmWorld();
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @Test
  void farmBecomesReady_andThenNothingIsWritten() {
    world.apply(FarmWorld.farm(TWO_POOLS));

    world.round();
    assertThat(world.stateOf(ConditionType.READY)).isEqualTo("False StorageStarting");
    assertThat(world.stateOf(ConditionType.RECONCILING)).isEqualTo("True ComponentsChanging");
    world.controllersFinish();
    world.round();
    BuildFarmStatus status = world.round();

    assertThat(world.stateOf(ConditionType.READY)).isEqualTo("True AllComponentsReady");
    assertThat(world.stateOf(ConditionType.RECONCILING)).isEqualTo("False Settled");
    assertThat(world.stateOf(ConditionType.STALLED)).isEqualTo("False NothingInTheWay");
    assertThat(status.endpoint()).isEqualTo("grpc://main-frontend.builds.svc:8980");
    assertThat(status.bazelrc())
        .contains("--remote_executor=grpc://main-frontend.builds.svc:8980")
        .contains("--config=linux or --config=big");
    assertThat(status.executors()).isEqualTo(new BuildFarmStatus.Executors(3, 3, 0));
    assertThat(world.links.followed)
        .containsEntry(
            new FarmKey("builds", "main"),
            Set.of(new Endpoint("10.0.0.1", 8980), new Endpoint("10.0.0.2", 8980)));
    world.server.forgetWrites();
    world.round();
    world.loop = world.newLoop();
    world.round();
    assertThat(world.server.writes()).isEmpty();
  }

  @Test
  void crashAfterAnyWriteEndsInTheSameFarm() throws Exception {
    Map<String, JsonNode> undisturbed = afterCrash(Integer.MAX_VALUE);
    int writes = world.server.writes().size();
    assertThat(writes).isGreaterThan(15);

    for (int k = 1; k <= writes; k++) {
      world.close();
      world = new FarmWorld();

      assertThat(afterCrash(k)).as("crash after write " + k).containsExactlyEntriesOf(undisturbed);
    }
  }

  /** A farm is made, then changed so that objects come and go, with a crash on the way. */
  private Map<String, JsonNode> afterCrash(int k) {
    world.server.crashAfterWrite(k);
    converge(FarmWorld.farm(TWO_POOLS));
    converge(
        FarmWorld.farm(
            """
            executorPools:
            - name: linux
              replicas: 1
            """));
    return world.server.state();
  }

  private void converge(BuildFarm farm) {
    world.apply(farm);
    for (int i = 0; i < 4; i++) {
      try {
        world.round();
        world.controllersFinish();
      } catch (KubernetesClientException e) {
        assertThat(world.server.hasCrashed()).isTrue();
        world.server.recover();
        world.loop = world.newLoop();
      }
    }
  }

  @Test
  void poolThatIsTakenOutGoesWithAllThatIsItsOwn() {
    world.apply(FarmWorld.farm(TWO_POOLS));
    world.round();
    world.apply(FarmWorld.farm("executorPools: [{name: linux}]"));

    world.round();

    assertThat(world.all(ExecutorPool.class))
        .extracting(pool -> pool.getMetadata().getName())
        .containsExactly("main-linux");
    assertThat(world.all(PodDisruptionBudget.class))
        .extracting(budget -> budget.getMetadata().getName())
        .containsExactly("main-linux-executors");
  }

  @Test
  void farmThatIsDeletedTakesAllWithIt_butNotTheDisk() {
    world.apply(FarmWorld.farm(TWO_POOLS));
    world.round();
    world.controllersFinish();

    world.server.client().resource(world.farm()).delete();

    assertThat(world.server.state().keySet())
        .containsExactlyInAnyOrder(
            "persistentvolumeclaims builds/data-main-shard-0",
            "pods builds/main-frontend-0",
            "pods builds/main-frontend-1");
  }

  @Test
  void objectsOfOthersAreNotPruned() {
    world.apply(FarmWorld.farm("{}"));
    Service other =
        new ServiceBuilder()
            .withNewMetadata()
            .withName("other")
            .withNamespace("builds")
            .withLabels(Labels.of("main", null, null))
            .endMetadata()
            .build();
    world.server.put(other);

    world.round();

    assertThat(world.get(Service.class, "other")).isNotNull();
  }

  @Test
  void invalidSpecKeepsTheOldFarm_andACorrectedOneIsFollowed() {
    world.apply(FarmWorld.farm(TWO_POOLS));
    world.round();
    world.controllersFinish();
    world.round();
    Map<String, JsonNode> before = children();

    world.apply(
        FarmWorld.farm(
            """
            executorPools:
            - {name: linux, slots: 99999}
            - {name: linux, sandbox: {type: None, rootDirectory: /x}}
            """));
    world.round();

    assertThat(children()).isEqualTo(before);
    assertThat(world.stateOf(ConditionType.SPEC_VALID)).isEqualTo("False SpecInvalid");
    assertThat(world.condition(ConditionType.SPEC_VALID).getMessage())
        .contains("spec.executorPools[0].slots is \"99999\"")
        .contains("spec.executorPools[1].name is \"linux\"")
        .contains("spec.executorPools[1].sandbox.rootDirectory")
        .endsWith("until then the farm goes on with the one in ConfigMap main-config.");
    assertThat(world.stateOf(ConditionType.READY)).isEqualTo("True AllComponentsReady");
    assertThat(world.stateOf(ConditionType.STALLED)).isEqualTo("True SpecInvalid");
    assertThat(world.told).contains("Warning SpecInvalid");

    world.apply(FarmWorld.farm("executorPools: [{name: linux, replicas: 5}]"));
    world.round();

    assertThat(world.stateOf(ConditionType.SPEC_VALID)).isEqualTo("True SpecAccepted");
    assertThat(world.stateOf(ConditionType.STALLED)).isEqualTo("False NothingInTheWay");
    assertThat(world.get(ExecutorPool.class, "main-linux").getSpec().replicas()).isEqualTo(5);
  }

  @Test
  void farmWhoseFirstSpecIsInvalidIsNotMade() {
    world.apply(FarmWorld.farm("executorPools: [{name: linux}, {name: linux}]"));

    world.round();

    assertThat(children()).isEmpty();
    assertThat(world.stateOf(ConditionType.READY)).isEqualTo("False SpecInvalid");
    assertThat(world.condition(ConditionType.SPEC_VALID).getMessage())
        .endsWith("until then nothing is made.");
  }

  @Test
  void diskThatIsToShrinkOrToChangeItsClassIsRefused() {
    world.apply(FarmWorld.farm("storage: {volume: {size: 30Gi}}"));
    world.round();
    Map<String, JsonNode> before = children();

    world.apply(FarmWorld.farm("storage: {volume: {size: 20Gi, storageClassName: fast}}"));
    world.round();

    assertThat(children()).isEqualTo(before);
    assertThat(world.condition(ConditionType.SPEC_VALID).getMessage())
        .contains("spec.storage.volume.size is \"20Gi\": below 30Gi")
        .contains("storageClassName is \"fast\": not what it has been, the default");
  }

  @Test
  void diskGrowsInPlace_andTheShardFollowsOnceItHas() {
    world.apply(FarmWorld.farm("storage: {volume: {size: 20Gi}}"));
    world.round();
    world.controllersFinish();
    String small = shardHash();

    world.apply(FarmWorld.farm("storage: {volume: {size: 30Gi}}"));
    world.round();

    PersistentVolumeClaim claim = world.get(PersistentVolumeClaim.class, "data-main-shard-0");
    assertThat(ShardObjects.requested(claim)).hasToString("30Gi");
    StatefulSet set = world.get(StatefulSet.class, "main-shard");
    assertThat(ShardObjects.requested(set.getSpec().getVolumeClaimTemplates().getFirst()))
        .as("cannot be changed")
        .hasToString("20Gi");
    assertThat(shardHash()).isEqualTo(small);

    world.claimIs("Bound", null, "30Gi");
    world.round();
    assertThat(shardHash()).isNotEqualTo(small);
  }

  @Test
  void shardsJoinOneAfterTheOther_andNoPodIsMadeAnewForIt() {
    String spec = "storage: {shards: %d}";
    world.apply(FarmWorld.farm(spec.formatted(3)));
    world.links.growth = Optional.of(new StorageGrowth(3, false, ""));
    world.round();
    world.shardsComeUp(3);
    world.frontendsComeUp();
    world.round();
    StatefulSet before = world.get(StatefulSet.class, "main-shard");
    PodTemplateSpec frontend = frontendTemplate();

    world.apply(FarmWorld.farm(spec.formatted(5)));
    world.round();

    assertThat(shards()).isEqualTo(4);
    assertThat(world.stateOf(ConditionType.STORAGE_READY)).isEqualTo("True StorageGrows");
    world.links.growth = Optional.of(new StorageGrowth(3, true, "it fetches"));
    world.loop = world.newLoop();
    world.round();
    assertThat(world.links.shards).hasSize(4).endsWith("main-shard-3.main-shards.builds.svc:8980");
    assertThat(shards()).isEqualTo(4);
    assertThat(world.condition(ConditionType.STORAGE_READY).getMessage())
        .contains("main-shard-3 joins: it fetches");
    world.links.growth = Optional.empty();
    world.round();
    assertThat(shards()).as("nobody answers").isEqualTo(4);
    world.links.growth = Optional.of(new StorageGrowth(4, false, ""));
    world.shardsComeUp(4);
    world.round();
    assertThat(shards()).isEqualTo(5);
    world.links.growth = Optional.of(new StorageGrowth(5, false, ""));
    world.shardsComeUp(5);
    world.round();
    assertThat(world.stateOf(ConditionType.STORAGE_READY)).isEqualTo("True StorageServes");
    assertThat(requireNonNull(world.farm().getStatus().storage()).shards()).isEqualTo(5);
    assertThat(world.get(StatefulSet.class, "main-shard").getSpec().getTemplate())
        .isEqualTo(before.getSpec().getTemplate());
    assertThat(frontendTemplate()).isEqualTo(frontend);
  }

  @Test
  void shardsThatHaveJoinedStay_whenTheSpecBecomesInvalid() {
    world.apply(FarmWorld.farm("storage: {shards: 3}"));
    world.links.growth = Optional.of(new StorageGrowth(3, false, ""));
    world.round();
    world.apply(FarmWorld.farm("storage: {shards: 4}"));
    world.round();
    world.links.growth = Optional.of(new StorageGrowth(4, false, ""));
    world.round();

    world.apply(
        FarmWorld.farm("{storage: {shards: 4}, executorPools: [{name: linux}, {name: none}]}"));
    world.round();
    assertThat(world.stateOf(ConditionType.SPEC_VALID)).isEqualTo("False SpecInvalid");
    assertThat(shards()).isEqualTo(4);
    world.links.growth = Optional.empty();
    world.round();

    assertThat(shards()).isEqualTo(4);
  }

  private int shards() {
    return world.get(StatefulSet.class, "main-shard").getSpec().getReplicas();
  }

  private PodTemplateSpec frontendTemplate() {
    return world.get(Deployment.class, "main-frontend").getSpec().getTemplate();
  }

  @Test
  void growthThatIsRefusedDegradesTheFarm_andNothingElse() {
    world.apply(FarmWorld.farm("storage: {volume: {size: 20Gi}}"));
    world.round();
    world.controllersFinish();
    world.server.refuse(
        write -> write.resource().equals("persistentvolumeclaims"),
        403,
        "Forbidden",
        "only dynamically provisioned pvc can be resized");

    world.apply(FarmWorld.farm("storage: {volume: {size: 30Gi}}"));
    world.round();

    assertThat(world.stateOf(ConditionType.READY)).isEqualTo("True AllComponentsReady");
    assertThat(world.stateOf(ConditionType.DEGRADED)).isEqualTo("True ResizeRefused");
    assertThat(world.condition(ConditionType.DEGRADED).getMessage())
        .contains("only dynamically provisioned pvc can be resized")
        .contains("Set allowVolumeExpansion");
  }

  @Test
  void pausedFarmIsLeftAlone_bySpecOrAnnotation() {
    world.apply(FarmWorld.farm("{}"));
    world.round();
    Map<String, JsonNode> before = children();

    world.apply(FarmWorld.farm("{paused: true, frontend: {replicas: 9}}"));
    world.round();
    assertThat(children()).isEqualTo(before);
    assertThat(world.stateOf(ConditionType.PAUSED)).isEqualTo("True PausedBySpec");

    BuildFarm annotated = FarmWorld.farm("{frontend: {replicas: 9}}");
    annotated.getMetadata().setAnnotations(Map.of(FarmLoop.PAUSE, "true"));
    world.apply(annotated);
    world.round();
    assertThat(children()).isEqualTo(before);
    assertThat(world.stateOf(ConditionType.PAUSED)).isEqualTo("True PausedByAnnotation");

    world.apply(FarmWorld.farm("{frontend: {replicas: 9}}"));
    world.round();
    assertThat(world.get(Deployment.class, "main-frontend").getSpec().getReplicas()).isEqualTo(9);
    assertThat(world.stateOf(ConditionType.PAUSED)).isEqualTo("False NotPaused");
  }

  @Test
  void scalingOfOthersIsLeftToThem_andThatOfTheFarmIsWrittenOver() {
    world.apply(
        FarmWorld.farm(
            """
            executorPools:
            - {name: fixed, replicas: 2}
            - name: theirs
              platform: [{name: a, value: b}]
              autoscaling: {mode: External}
            """));
    world.round();
    for (String pool : Set.of("main-fixed", "main-theirs")) {
      world
          .server
          .client()
          .resources(ExecutorPool.class)
          .inNamespace("builds")
          .withName(pool)
          .edit(
              there -> {
                there.setSpec(
                    new ExecutorPoolSpec(
                        there.getSpec().farmRef(),
                        7,
                        there.getSpec().pool(),
                        there.getSpec().image()));
                return there;
              });
    }

    world.round();

    assertThat(world.get(ExecutorPool.class, "main-fixed").getSpec().replicas()).isEqualTo(2);
    assertThat(world.get(ExecutorPool.class, "main-theirs").getSpec().replicas()).isEqualTo(7);
  }

  @Test
  void whoUndoesOurWritesIsNamed() {
    world.apply(FarmWorld.farm("{}"));
    world.round();
    for (int i = 0; i < 4; i++) {
      Deployment deployment = world.get(Deployment.class, "main-frontend");
      deployment.getSpec().setReplicas(7);
      world.server.put(deployment);
      world.round();
    }

    assertThat(world.stateOf(ConditionType.APPLY_LOOP)).isEqualTo("True FieldsFoughtOver");
    assertThat(world.condition(ConditionType.APPLY_LOOP).getMessage())
        .contains("Deployment main-frontend");
    assertThat(world.told).contains("Warning FieldsFoughtOver");
    world.clock.move(Duration.ofSeconds(61));
    world.round();
    world.round();
    assertThat(world.stateOf(ConditionType.APPLY_LOOP)).isEqualTo("False NoFight");
  }

  @Test
  void objectThatTheServerRefusesStopsNoOther() {
    world.server.refuse(
        write -> write.resource().equals("services"), 422, "Invalid", "no such annotation");
    world.apply(FarmWorld.farm("{}"));

    world.round();

    assertThat(world.all(Deployment.class)).hasSize(1);
    assertThat(world.stateOf(ConditionType.STALLED)).isEqualTo("True ApplyRefused");
    assertThat(world.condition(ConditionType.STALLED).getMessage())
        .contains("Service main-frontend: no such annotation");
  }

  @Test
  void serverThatIsAwayChangesNoStatus() {
    world.apply(FarmWorld.farm("{}"));
    world.round();
    world.controllersFinish();
    world.round();
    world.apply(FarmWorld.farm("{frontend: {replicas: 2}}"));
    world.server.refuse(write -> true, 503, "ServiceUnavailable", "etcd is slow");

    assertThatThrownBy(() -> world.round()).isInstanceOf(KubernetesClientException.class);

    assertThat(world.stateOf(ConditionType.READY)).isEqualTo("True AllComponentsReady");
  }

  @Test
  void configIsPartOfTheFarm_thatComesBackWhenSomebodyChangesIt() {
    world.apply(FarmWorld.farm(TWO_POOLS));
    world.round();
    ConfigMap config = world.get(ConfigMap.class, "main-config");
    String text = String.valueOf(config.getData().get("buildfarm.yaml"));
    config.setData(Map.of("buildfarm.yaml", "spec: nonsense"));
    world.server.put(config);

    world.round();

    assertThat(world.get(ConfigMap.class, "main-config").getData())
        .isEqualTo(Map.of("buildfarm.yaml", text));
  }

  @Test
  void onlyVerbsAreUsedThatWritesNeed() {
    world.apply(FarmWorld.farm(TWO_POOLS));
    world.round();

    assertThat(world.server.writes()).extracting(Write::verb).containsOnly("patch", "update");
  }

  private Map<String, JsonNode> children() {
    Map<String, JsonNode> state = new TreeMap<>(world.server.state());
    state.keySet().removeIf(place -> place.startsWith("buildfarms") || place.startsWith("pods"));
    return state;
  }

  private String shardHash() {
    return String.valueOf(
        world
            .get(StatefulSet.class, "main-shard")
            .getSpec()
            .getTemplate()
            .getMetadata()
            .getAnnotations()
            .get(RolePod.CONFIG_HASH));
  }
}
