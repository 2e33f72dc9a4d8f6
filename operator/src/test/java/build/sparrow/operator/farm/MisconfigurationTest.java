package build.sparrow.operator.farm;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.ExecutorPool;
import build.sparrow.operator.farm.FarmObservation.Presence;
import build.sparrow.operator.status.ConditionType;
import build.sparrow.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person can do wrong, and what kubectl describe then says. */
final class MisconfigurationTest {
  @SuppressWarnings("NullAway.Init")
  private FarmWorld world;

  @BeforeEach
  void start() throws Exception {
    world = new FarmWorld();
    world.apply(FarmWorld.farm("executorPools: [{name: linux, replicas: 2}]"));
    world.round();
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @Test
  void storageClassThatIsMissingIsNamed_alsoIfThePodIsUnschedulableForIt() {
    world.claimIs("Pending", "fast", "20Gi");
    world.storageClass = Presence.MISSING;
    world.server.put(
        unschedulable(
            world.pod(FarmNames.SHARD, 0), "pod has unbound immediate PersistentVolumeClaims"));

    expect(
        ConditionType.STORAGE_READY,
        "StorageClassMissing",
        "StorageClass \"fast\" does not exist. Create it");
    assertThat(world.stateOf(ConditionType.STALLED)).isEqualTo("True StorageClassMissing");
    assertThat(world.told).contains("Warning StorageClassMissing");
  }

  @Test
  void clusterWithoutADefaultClassIsSaidToBeSo() {
    world.claimIs("Pending", null, "20Gi");

    expect(
        ConditionType.STORAGE_READY,
        "StorageClassMissing",
        "The cluster has no default StorageClass");
  }

  @Test
  void diskThatNobodyMakesIsPending_withWhatTheProvisionerSays() {
    world.claimIs("Pending", "fast", "20Gi");
    world.storageClass = Presence.PRESENT;
    warn("PersistentVolumeClaim", "data-main-shard-0", "out of capacity in zone b");

    expect(
        ConditionType.STORAGE_READY,
        "ClaimPending",
        "out of capacity in zone b. If it stays so, see kubectl describe pvc data-main-shard-0");
    assertThat(world.stateOf(ConditionType.STALLED)).isEqualTo("False NothingInTheWay");
  }

  @Test
  void shardThatNoNodeTakesIsUnschedulable_thoughItsDiskWaitsForIt() {
    world.claimIs("Pending", "fast", "20Gi");
    world.storageClass = Presence.PRESENT;
    world.server.put(
        unschedulable(world.pod(FarmNames.SHARD, 0), "0/3 nodes are available: Insufficient cpu"));

    expect(ConditionType.STORAGE_READY, "Unschedulable", "Insufficient cpu. Add such a node");
  }

  @Test
  void quotaThatRefusesTheShardIsReadFromItsEvent() {
    warn(
        "StatefulSet",
        "main-shard",
        "create Pod main-shard-0 failed error: pods is forbidden: exceeded quota: small");

    expect(ConditionType.STORAGE_READY, "QuotaExceeded", "Raise the quota");
  }

  @Test
  void imageThatCannotBePulledIsNamed() {
    world.storageComesUp();
    world.server.put(
        waiting(world.pod(FarmNames.FRONTEND, 0), "ImagePullBackOff", "Back-off pulling x:1"));

    expect(ConditionType.FRONTEND_READY, "ImagePullFailed", "Back-off pulling x:1. Correct");
  }

  @Test
  void crashIsNamed_withWhereToRead() {
    world.storageComesUp();
    world.server.put(
        new PodBuilder(waiting(world.pod(FarmNames.FRONTEND, 0), "CrashLoopBackOff", "back-off"))
            .editStatus()
            .editFirstContainerStatus()
            .withNewLastState()
            .withNewTerminated()
            .withExitCode(137)
            .withReason("OOMKilled")
            .endTerminated()
            .endLastState()
            .endContainerStatus()
            .endStatus()
            .build());

    expect(
        ConditionType.FRONTEND_READY,
        "CrashLooping",
        "last with exit code 137 out of memory. See kubectl logs --previous main-frontend-0");
  }

  @Test
  void containerThatTheNodeCannotMakeIsNamed() {
    world.storageComesUp();
    world.server.put(
        waiting(world.pod(FarmNames.FRONTEND, 0), "CreateContainerError", "no user namespaces"));

    expect(ConditionType.FRONTEND_READY, "ContainerNotCreated", "no user namespaces. See what");
  }

  @Test
  void quotaAndPodSecurityThatRefuseFrontendsAreReadFromTheDeployment() {
    world.storageComesUp();
    refuseFrontends("pods is forbidden: exceeded quota: small");
    expect(ConditionType.FRONTEND_READY, "QuotaExceeded", "Raise the quota");

    refuseFrontends("pods is forbidden: violates PodSecurity \"restricted:latest\"");
    expect(ConditionType.FRONTEND_READY, "PodSecurityRefused", "Label the namespace");

    refuseFrontends("admission webhook denied the request");
    expect(ConditionType.FRONTEND_READY, "PodsRefused", "webhook denied the request. Let");
  }

  @Test
  void loadBalancerThatNobodyMakesIsWaitedFor_andThenUsed() {
    world.apply(FarmWorld.farm("frontend: {expose: {type: LoadBalancer}}"));
    world.round();
    world.storageComesUp();
    world.frontendsComeUp();

    expect(ConditionType.FRONTEND_READY, "AddressPending", "or set spec.frontend.expose.type");

    Service service = world.get(Service.class, "main-frontend");
    world.server.put(
        new ServiceBuilder(service)
            .withNewStatus()
            .withNewLoadBalancer()
            .addNewIngress()
            .withIp("2001:db8::1")
            .endIngress()
            .endLoadBalancer()
            .endStatus()
            .build());
    assertThat(world.round().endpoint()).isEqualTo("grpc://[2001:db8::1]:8980");
  }

  @Test
  void nodePortIsReachedAtTheNodeOfAFrontend() {
    world.apply(FarmWorld.farm("frontend: {expose: {type: NodePort}}"));
    world.round();
    world.storageComesUp();
    world.frontendsComeUp();
    Service service = world.get(Service.class, "main-frontend");
    service.getSpec().getPorts().getFirst().setNodePort(30123);
    world.server.put(service);

    assertThat(world.round().endpoint()).isEqualTo("grpc://192.0.2.1:30123");
  }

  @Test
  void poolsReasonIsTheFarms() {
    world.controllersFinish();
    List<Condition> noImage =
        Conditions.of(List.of(), 1, world.clock.instant())
            .set(ConditionType.READY, false, "ImagePullFailed", "Cannot pull toolchain:1.")
            .list();
    ExecutorPool pool = world.get(ExecutorPool.class, "main-linux");
    world.poolHas(pool, 0, noImage);

    expect(ConditionType.EXECUTORS_READY, "ImagePullFailed", "Pool linux: Cannot pull");
    assertThat(world.stateOf(ConditionType.READY)).isEqualTo("False ImagePullFailed");

    world.poolHas(world.get(ExecutorPool.class, "main-linux"), 1, noImage);
    world.round();
    assertThat(world.stateOf(ConditionType.READY)).isEqualTo("True AllComponentsReady");
    assertThat(world.stateOf(ConditionType.DEGRADED)).isEqualTo("True ImagePullFailed");
  }

  @Test
  void farmWithoutAPoolIsACache() {
    world.apply(FarmWorld.farm("{}"));
    world.round();
    world.controllersFinish();

    assertThat(world.round().bazelrc()).contains("--remote_cache=").doesNotContain("executor");
    assertThat(world.stateOf(ConditionType.EXECUTORS_READY)).isEqualTo("True NoPools");
  }

  private void expect(ConditionType type, String reason, String message) {
    world.round();
    assertThat(world.stateOf(type)).isEqualTo("False " + reason);
    assertThat(world.condition(type).getMessage()).contains(message);
    assertThat(world.condition(ConditionType.READY).getMessage())
        .startsWith(type.word() + ": ")
        .contains(message);
  }

  private void warn(String kind, String name, String message) {
    world.server.put(
        new EventBuilder()
            .withNewMetadata()
            .withName(name + ".1")
            .withNamespace(FarmWorld.NAMESPACE)
            .endMetadata()
            .withNewInvolvedObject()
            .withKind(kind)
            .withName(name)
            .endInvolvedObject()
            .withMessage(message)
            .build());
  }

  private void refuseFrontends(String message) {
    Deployment deployment = world.get(Deployment.class, "main-frontend");
    deployment.setStatus(
        new DeploymentStatusBuilder()
            .addNewCondition()
            .withType("ReplicaFailure")
            .withStatus("True")
            .withMessage(message)
            .endCondition()
            .build());
    world.server.put(deployment);
  }

  private static Pod unschedulable(Pod pod, String message) {
    return new PodBuilder(pod)
        .withNewStatus()
        .addNewCondition()
        .withType("PodScheduled")
        .withStatus("False")
        .withReason("Unschedulable")
        .withMessage(message)
        .endCondition()
        .endStatus()
        .build();
  }

  private static Pod waiting(Pod pod, String reason, String message) {
    return new PodBuilder(pod)
        .withNewStatus()
        .addNewContainerStatus()
        .withName("frontend")
        .withNewState()
        .withNewWaiting()
        .withReason(reason)
        .withMessage(message)
        .endWaiting()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
