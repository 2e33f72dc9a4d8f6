package build.sparrow.operator.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExecutorPodTest {
  @Test
  void aPodIsNamedAfterItsNumber() {
    ExecutorPod pods = pods("");
    Set<String> names = new HashSet<>();

    for (long sequence = 0; sequence < 500; sequence++) {
      names.add(pods.render(sequence).getMetadata().getName());
    }

    assertThat(names).allMatch(name -> name.matches("main-linux-[0-9a-f]{5}"));
    assertThat(names).hasSizeGreaterThan(498);
    assertThat(pods.render(7).getMetadata().getName())
        .isEqualTo(pods("slots: 3").render(7).getMetadata().getName());
  }

  @Test
  void aPodBelongsToItsPool() {
    Pod pod = pods("").render(0);

    OwnerReference owner = pod.getMetadata().getOwnerReferences().getFirst();
    assertThat(owner.getKind()).isEqualTo("ExecutorPool");
    assertThat(owner.getApiVersion()).isEqualTo("sparrow.build/v1alpha1");
    assertThat(owner.getController()).isTrue();
    assertThat(owner.getBlockOwnerDeletion()).isTrue();
    assertThat(owner.getUid()).isEqualTo("uid-of-main-linux");
    assertThat(pod.getMetadata().getLabels())
        .containsEntry("sparrow.build/farm", "main")
        .containsEntry("sparrow.build/pool", "linux")
        .containsEntry("app.kubernetes.io/name", "sparrow")
        .containsEntry("app.kubernetes.io/instance", "main")
        .containsEntry("app.kubernetes.io/component", "executor")
        .containsEntry("app.kubernetes.io/managed-by", "sparrow-operator");
    assertThat(pod.getMetadata().getAnnotations())
        .containsEntry("cluster-autoscaler.kubernetes.io/safe-to-evict", "true")
        .containsKey("sparrow.build/revision");
  }

  @Test
  void aPodStartsTheExecutorOfItsPool() {
    Container container = spec("").getContainers().getFirst();

    assertThat(container.getImage()).isEqualTo("registry.example.com/sparrow:1");
    assertThat(container.getArgs())
        .containsExactly(
            "executor",
            "--file=/etc/sparrow/buildfarm.yaml",
            "--pool=linux",
            "--name=$(POD_NAME)",
            "--frontend-service=main-frontends.builds.svc:8980",
            "--shard=main-shard-*.main-shards.builds.svc:8980",
            "--data-dir=/work",
            "--metrics-listen=0.0.0.0:9090");
    assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/readyz");
    assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/livez");
  }

  @Test
  void theGraceOfAPodIsThatOfTheDrainAndALittleMore() {
    assertThat(spec("disruption: {drainTimeoutSeconds: 585}").getTerminationGracePeriodSeconds())
        .isEqualTo(600);
  }

  @Test
  void aSandboxedPodHasAUserNamespaceAndNoPrivilege() {
    PodSpec spec = spec("");

    var security = spec.getContainers().getFirst().getSecurityContext();
    assertThat(spec.getHostUsers()).isFalse();
    assertThat(security.getProcMount()).isEqualTo("Unmasked");
    assertThat(spec.getSecurityContext().getSeccompProfile()).isNull();
    assertThat(security.getPrivileged()).isNull();
    assertHardened(spec);
  }

  @Test
  void aPodWithoutASandboxAsksForNothingThatRestrictedForbids() {
    PodSpec spec = spec("sandbox: {type: None}");

    assertThat(spec.getHostUsers()).isNull();
    assertThat(spec.getContainers().getFirst().getSecurityContext().getProcMount()).isNull();
    assertThat(spec.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertHardened(spec);
  }

  private static void assertHardened(PodSpec spec) {
    assertThat(spec.getAutomountServiceAccountToken()).isFalse();
    assertThat(spec.getServiceAccountName()).isEqualTo("main-executor");
    assertThat(spec.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(spec.getSecurityContext().getRunAsUser()).isEqualTo(65_532);
    assertThat(Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream()))
        .extracting(Container::getSecurityContext)
        .allSatisfy(
            security -> {
              assertThat(security.getAllowPrivilegeEscalation()).isFalse();
              assertThat(security.getReadOnlyRootFilesystem()).isTrue();
              assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
            });
  }

  @Test
  void aSeccompProfileOfTheSpecIsKept() {
    PodSpec spec =
        spec("sandbox: {seccompProfile: {type: Localhost, localhostProfile: sparrow.json}}");

    assertThat(spec.getSecurityContext().getSeccompProfile().getType()).isEqualTo("Localhost");
    assertThat(spec.getSecurityContext().getSeccompProfile().getLocalhostProfile())
        .isEqualTo("sparrow.json");
  }

  @Test
  void theToolchainIsMountedFromItsImage() {
    PodSpec spec = spec("image: {repository: example.com/tools, tag: v1, pullPolicy: Never}");

    Volume volume =
        spec.getVolumes().stream().filter(v -> v.getImage() != null).findFirst().orElseThrow();
    VolumeMount mount =
        spec.getContainers().getFirst().getVolumeMounts().stream()
            .filter(m -> m.getName().equals(volume.getName()))
            .findFirst()
            .orElseThrow();
    assertThat(volume.getImage().getReference()).isEqualTo("example.com/tools:v1");
    assertThat(volume.getImage().getPullPolicy()).isEqualTo("Never");
    assertThat(mount.getMountPath()).isEqualTo("/toolchain");
    assertThat(mount.getReadOnly()).isTrue();
    assertThat(spec.getContainers().getFirst().getArgs()).contains("--pool-root=linux=/toolchain");
  }

  @Test
  void aToolchainThatNodesCannotMountIsCopiedBeforeTheExecutorStarts() {
    PodSpec spec =
        spec(
            "image: {repository: example.com/tools, tag: v1, pullPolicy: Never, mount: Copy}\n"
                + "resources: {requests: {cpu: \"1\"}}");

    assertThat(spec.getVolumes()).noneMatch(volume -> volume.getImage() != null);
    assertThat(spec.getInitContainers())
        .extracting(Container::getImage, Container::getImagePullPolicy)
        .containsExactly(
            tuple("registry.example.com/sparrow:1", "IfNotPresent"),
            tuple("example.com/tools:v1", "Never"));
    Container copier = spec.getInitContainers().getLast();
    assertThat(copier.getCommand())
        .containsExactly("/copier/busybox", "sh", "/copier/copy-toolchain", "copy", "/toolchain");
    assertThat(copier.getVolumeMounts())
        .extracting(VolumeMount::getName, VolumeMount::getMountPath, VolumeMount::getReadOnly)
        .containsExactly(tuple("copier", "/copier", true), tuple("toolchain", "/toolchain", null));
    assertThat(copier.getResources()).isEqualTo(spec.getContainers().getFirst().getResources());
    assertThat(spec.getContainers().getFirst().getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("toolchain"))
        .allMatch(VolumeMount::getReadOnly);
    assertThat(spec.getContainers().getFirst().getArgs())
        .contains("--pool-root=linux=/toolchain/root");
    assertHardened(spec);
  }

  @Test
  void aSpotPodRunsOnSpotNodesOfAnyCloud() {
    PodSpec spec = spec("scheduling: {capacityType: Spot}");

    assertThat(terms(spec))
        .extracting(
            term -> term.getMatchExpressions().getFirst().getKey(),
            term -> term.getMatchExpressions().getFirst().getOperator(),
            term -> term.getMatchExpressions().getFirst().getValues().getFirst())
        .containsExactly(
            tuple("cloud.google.com/gke-spot", "In", "true"),
            tuple("eks.amazonaws.com/capacityType", "In", "SPOT"),
            tuple("karpenter.sh/capacity-type", "In", "spot"),
            tuple("kubernetes.azure.com/scalesetpriority", "In", "spot"));
    assertThat(spec.getTolerations())
        .extracting(Toleration::getKey)
        .contains("cloud.google.com/gke-spot", "kubernetes.azure.com/scalesetpriority");
  }

  @Test
  void anOnDemandPodAvoidsSpotNodesOfAllClouds() {
    PodSpec spec = spec("scheduling: {capacityType: OnDemand}");

    assertThat(terms(spec)).hasSize(1);
    assertThat(terms(spec).getFirst().getMatchExpressions())
        .hasSize(4)
        .allMatch(requirement -> requirement.getOperator().equals("NotIn"));
    assertThat(spec.getTolerations())
        .extracting(Toleration::getKey)
        .doesNotContain("cloud.google.com/gke-spot");
  }

  @Test
  void aStandInIsOnDemandAndOfTheSameRevision() {
    ExecutorPod pods = pods("scheduling: {capacityType: Spot}");

    Pod standIn = pods.renderStandIn(3);

    assertThat(terms(standIn.getSpec()).getFirst().getMatchExpressions())
        .allMatch(requirement -> requirement.getOperator().equals("NotIn"));
    assertThat(standIn.getMetadata().getAnnotations())
        .containsEntry("sparrow.build/revision", pods.currentRevision())
        .containsEntry("sparrow.build/on-demand-fallback", "true");
  }

  @Test
  void aDeadNodeHoldsAPodForHalfAMinute_unlessTheSpecSaysOtherwise() {
    assertThat(spec("").getTolerations())
        .filteredOn(toleration -> requireNonNull(toleration.getKey()).startsWith("node."))
        .hasSize(2)
        .allMatch(toleration -> toleration.getTolerationSeconds() == 30L);
    assertThat(
            spec("scheduling: {tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists,"
                    + " effect: NoExecute, tolerationSeconds: 5}]}")
                .getTolerations())
        .filteredOn(toleration -> "node.kubernetes.io/not-ready".equals(toleration.getKey()))
        .hasSize(1)
        .allMatch(toleration -> toleration.getTolerationSeconds() == 5L);
  }

  @Test
  void podsAreSpreadOverZonesWhereThatCostsNothing() {
    assertThat(spec("").getTopologySpreadConstraints().getFirst().getWhenUnsatisfiable())
        .isEqualTo("ScheduleAnyway");
  }

  @Test
  void theRevisionChangesWithWhatAnExecutorIs() {
    String revision = pods("").currentRevision();

    assertThat(pods("").currentRevision()).isEqualTo(revision);
    for (String change :
        List.of(
            "slots: 3",
            "resources: {requests: {cpu: \"1\"}}",
            "platform: [{name: OSFamily, value: windows}]",
            "sandbox: {rootDirectory: /tools}",
            "inputCache: {sizeLimit: 20Gi}",
            "disruption: {drainTimeoutSeconds: 31}",
            "scheduling: {capacityType: Spot}")) {
      assertThat(pods(change).currentRevision()).as(change).isNotEqualTo(revision);
    }
  }

  @Test
  void theRevisionStaysWhenOnlyTheNumberOfExecutorsChanges() {
    String revision = pods("").currentRevision();

    for (String change :
        List.of(
            "replicas: 7",
            "autoscaling: {mode: Internal, maxReplicas: 99}",
            "disruption: {maxUnavailable: 3}")) {
      assertThat(pods(change).currentRevision()).as(change).isEqualTo(revision);
    }
  }

  @Test
  void theRevisionDoesNotDependOnTheOrderOfKeys() {
    assertThat(pods("resources: {requests: {cpu: \"1\", memory: 1Gi}}").currentRevision())
        .isEqualTo(pods("resources: {requests: {memory: 1Gi, cpu: \"1\"}}").currentRevision());
  }

  @Test
  void aPoolThatNamesNoImageHasNoPods() {
    assertThat(ExecutorPod.of(TestPools.poolWithoutImage())).isNull();
  }

  private static List<NodeSelectorTerm> terms(PodSpec spec) {
    return spec.getAffinity()
        .getNodeAffinity()
        .getRequiredDuringSchedulingIgnoredDuringExecution()
        .getNodeSelectorTerms();
  }

  private static PodSpec spec(String pool) {
    return pods(pool).render(0).getSpec();
  }

  private static ExecutorPod pods(String pool) {
    return requireNonNull(ExecutorPod.of(TestPools.pool(pool)));
  }
}
