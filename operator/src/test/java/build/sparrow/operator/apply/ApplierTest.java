package build.sparrow.operator.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.operator.ApplyingApiServer;
import build.sparrow.operator.ApplyingApiServer.Write;
import build.sparrow.operator.ManualClock;
import build.sparrow.operator.apply.Applier.Outcome;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ApplierTest {
  private final ManualClock clock = new ManualClock();

  @SuppressWarnings("NullAway.Init")
  private ApplyingApiServer server;

  @SuppressWarnings("NullAway.Init")
  private Applier applier;

  @BeforeEach
  void start() throws Exception {
    server = ApplyingApiServer.start();
    applier = new Applier(server.client(), "sparrow-operator", clock);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void whatIsThereAsDesiredIsNotWrittenAgain_alsoByAnotherOperator() {
    assertThat(applier.apply(deployment(2), null)).isEqualTo(Outcome.WRITTEN);
    server.forgetWrites();

    assertThat(applier.apply(deployment(2), live())).isEqualTo(Outcome.UNCHANGED);
    Applier next = new Applier(server.client(), "sparrow-operator", clock);
    assertThat(next.apply(deployment(2), live())).isEqualTo(Outcome.UNCHANGED);
    assertThat(server.writes()).isEmpty();
  }

  @Test
  void changeOfTheDesiredIsWritten_andWhatIsNoLongerDesiredGoes() {
    applier.apply(configMap(Map.of("a", "1", "b", "2")), null);

    applier.apply(configMap(Map.of("a", "3")), liveConfigMap());

    assertThat(liveConfigMap().getData()).isEqualTo(Map.of("a", "3"));
  }

  @Test
  void fieldsOfOthersAreKept_andDoNotBringAboutAWrite() {
    applier.apply(deployment(2), null);
    server
        .client()
        .resource(live())
        .edit(
            there ->
                new DeploymentBuilder(there)
                    .editMetadata()
                    .addToAnnotations("webhook", "was here")
                    .endMetadata()
                    .editSpec()
                    .editTemplate()
                    .editSpec()
                    .addNewContainer()
                    .withName("sidecar")
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build());
    server.forgetWrites();

    assertThat(applier.apply(deployment(2), live())).isEqualTo(Outcome.UNCHANGED);
    assertThat(server.writes()).isEmpty();
    applier.apply(deployment(3), live());
    assertThat(live().getSpec().getReplicas()).isEqualTo(3);
    assertThat(live().getMetadata().getAnnotations()).containsEntry("webhook", "was here");
    assertThat(live().getSpec().getTemplate().getSpec().getContainers()).hasSize(2);
  }

  @Test
  void fieldOfOursThatSomebodyChangedIsTakenBack() {
    applier.apply(deployment(2), null);
    server
        .client()
        .resource(live())
        .edit(there -> new DeploymentBuilder(there).editSpec().withReplicas(7).endSpec().build());

    assertThat(applier.apply(deployment(2), live())).isEqualTo(Outcome.WRITTEN);

    assertThat(live().getSpec().getReplicas()).isEqualTo(2);
    assertThat(applier.apply(deployment(2), live())).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void fieldThatAnotherApplierOwnsIsForced() {
    applier.apply(deployment(2), null);
    new Applier(server.client(), "somebody-else", clock).apply(deployment(5), live());

    assertThat(applier.apply(deployment(2), live())).isEqualTo(Outcome.WRITTEN);

    assertThat(live().getSpec().getReplicas()).isEqualTo(2);
  }

  @Test
  void objectThatWasDeletedIsMadeAgain_onceTheCacheMustKnow() {
    applier.apply(deployment(2), null);
    server.client().resource(live()).delete();
    server.forgetWrites();

    assertThat(applier.apply(deployment(2), null)).isEqualTo(Outcome.UNCHANGED);
    clock.move(Duration.ofSeconds(6));

    assertThat(applier.apply(deployment(2), null)).isEqualTo(Outcome.WRITTEN);
    assertThat(server.writes())
        .containsExactly(new Write("patch", "deployments.apps", "builds", "main"));
  }

  @Test
  void cacheThatLagsIsNotBelieved() {
    applier.apply(deployment(2), null);
    Deployment old = live();
    applier.apply(deployment(3), old);
    server.forgetWrites();

    assertThat(applier.apply(deployment(3), old)).isEqualTo(Outcome.UNCHANGED);
    assertThat(server.writes()).isEmpty();
  }

  @Test
  void fightIsHeldBackAfterThreeWritesAMinute_andTriedAgainLater() {
    applier.apply(deployment(2), null);
    for (int i = 0; i < 2; i++) {
      somebodyWants(7);
      assertThat(applier.apply(deployment(2), live())).isEqualTo(Outcome.WRITTEN);
    }
    assertThat(applier.holdsBack(deployment(2))).isFalse();
    somebodyWants(7);

    assertThat(applier.apply(deployment(2), live())).isEqualTo(Outcome.HELD_BACK);
    assertThat(applier.holdsBack(deployment(2))).isTrue();
    clock.move(ApplyLoop.WINDOW.plusSeconds(1));

    assertThat(applier.apply(deployment(2), live())).isEqualTo(Outcome.WRITTEN);
    assertThat(applier.holdsBack(deployment(2))).isFalse();
  }

  @Test
  void changesOfTheDesiredAreNoFight() {
    Deployment seen = null;
    for (int replicas = 1; replicas < 10; replicas++) {
      assertThat(applier.apply(deployment(replicas), seen)).isEqualTo(Outcome.WRITTEN);
      seen = live();
    }
  }

  @Test
  void whatNobodyWantsIsDeleted_butNotWhatWasMadeAnewMeanwhile() {
    applier.apply(configMap(Map.of("a", "1")), null);
    applier.apply(deployment(2), null);
    ConfigMap old = liveConfigMap();
    applier.apply(configMap(Map.of("a", "2")), old);

    assertThat(applier.prune(List.of(old, live()), List.of(deployment(2)))).isZero();
    assertThat(applier.prune(List.of(liveConfigMap(), live()), List.of(deployment(9)))).isOne();
    assertThat(server.state()).containsOnlyKeys("deployments.apps builds/main");
  }

  @Test
  void refusalOfTheServerIsTheCallers() {
    server.refuse(write -> true, 403, "Forbidden", "exceeded quota");

    assertThatThrownBy(() -> applier.apply(deployment(2), null))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("exceeded quota");
  }

  @Test
  void kindThatIsNoClassIsAppliedToo() {
    GenericKubernetesResource monitor = new GenericKubernetesResource();
    monitor.setApiVersion("monitoring.coreos.com/v1");
    monitor.setKind("PodMonitor");
    monitor.setMetadata(configMap(Map.of()).getMetadata());
    monitor.setAdditionalProperty("spec", Map.of("jobLabel", "x"));

    assertThat(applier.apply(monitor, null)).isEqualTo(Outcome.WRITTEN);

    assertThat(server.state()).containsKey("podmonitors.monitoring.coreos.com builds/main");
  }

  private void somebodyWants(int replicas) {
    server
        .client()
        .resource(live())
        .edit(
            there ->
                new DeploymentBuilder(there).editSpec().withReplicas(replicas).endSpec().build());
  }

  private Deployment live() {
    return server.client().resource(deployment(0)).get();
  }

  private ConfigMap liveConfigMap() {
    return server.client().resource(configMap(Map.of())).get();
  }

  private static ConfigMap configMap(Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("main")
        .withNamespace("builds")
        .endMetadata()
        .withData(data)
        .build();
  }

  private static Deployment deployment(@Nullable Integer replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("main")
        .withNamespace("builds")
        .addToLabels("app", "main")
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewStrategy()
        .withNewRollingUpdate()
        .withMaxSurge(new IntOrString(1))
        .endRollingUpdate()
        .endStrategy()
        .withNewTemplate()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withArgs("a", "b")
        .withNewResources()
        .addToRequests("cpu", new Quantity("1000m"))
        .endResources()
        .addNewEnv()
        .withName("POD_NAME")
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath("metadata.name")
        .endFieldRef()
        .endValueFrom()
        .endEnv()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
