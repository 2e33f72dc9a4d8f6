package build.sparrow.operator.pool;

import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.PoolSpec;
import build.sparrow.crds.SandboxSpec;
import build.sparrow.crds.SchedulingSpec;
import build.sparrow.crds.SchedulingSpec.CapacityType;
import build.sparrow.operator.apply.CanonicalJson;
import build.sparrow.operator.apply.Hash;
import build.sparrow.operator.preemption.DeadNode;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SeccompProfileBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the pool's pods look like. */
final class ExecutorPod {
  static final String CONTAINER = "executor";

  /** How much longer than the drain a pod has to end, to upload results and say so. */
  private static final int GRACE_BEYOND_DRAIN_SECONDS = 15;

  private static final long USER = 65_532;
  private static final int GRPC_PORT = 8980;
  private static final int METRICS_PORT = 9090;
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private final ExecutorPool pool;
  private final PoolSpec spec;
  private final String image;
  private final @Nullable ToolchainVolume toolchain;
  private final String revision;

  private ExecutorPod(ExecutorPool pool, String image) {
    this.pool = pool;
    this.spec = pool.getSpec().pool();
    this.image = image;
    this.toolchain = spec.image() == null ? null : new ToolchainVolume(spec.image());
    this.revision = revision();
  }

  /** The pods of this pool; null if it names no image to make them of. */
  static @Nullable ExecutorPod of(ExecutorPool pool) {
    String image = pool.getSpec().image().reference();
    return image == null ? null : new ExecutorPod(pool, image);
  }

  /** Of two pods with the same revision none has to be replaced by the other. */
  String currentRevision() {
    return revision;
  }

  /** The pod of that number. */
  Pod render(long sequence) {
    return render(sequence, Map.of(), spec.scheduling().capacityType());
  }

  /** The pod of that number, on a node that stays, in place of one that finds no spot node. */
  Pod renderStandIn(long sequence) {
    return render(sequence, Map.of(PoolNames.STAND_IN, "true"), CapacityType.ON_DEMAND);
  }

  private Pod render(long sequence, Map<String, String> more, CapacityType capacity) {
    Map<String, String> annotations = new TreeMap<>(more);
    annotations.put(PoolNames.REVISION, revision);
    // Without it the cluster autoscaler keeps the node of a pod whose owner it does not know.
    annotations.put("cluster-autoscaler.kubernetes.io/safe-to-evict", "true");
    ObjectMeta metadata =
        new ObjectMetaBuilder(metadata(PoolNames.pod(pool, sequence)))
            .withAnnotations(annotations)
            .build();
    return new PodBuilder().withMetadata(metadata).withSpec(podSpec(capacity)).build();
  }

  private ObjectMeta metadata(String name) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(pool.getMetadata().getNamespace())
        .withLabels(PoolNames.labels(pool))
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion(pool.getApiVersion())
                .withKind(pool.getKind())
                .withName(pool.getMetadata().getName())
                .withUid(pool.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build())
        .build();
  }

  /**
   * The hash of the pod's spec, and of what an executor reads of its pool only when it starts. The
   * number of executors and who decides it are not in it.
   */
  private String revision() {
    JsonNode pod = CanonicalJson.tree(SERIALIZATION, podSpec(spec.scheduling().capacityType()));
    JsonNode settings =
        CanonicalJson.tree(
            SERIALIZATION,
            List.of(
                spec.platform(),
                spec.slots() == null ? "all" : spec.slots(),
                spec.inputCache(),
                spec.sandbox()));
    return Hash.of(pod + "\n" + settings);
  }

  private PodSpec podSpec(CapacityType capacity) {
    SchedulingSpec scheduling = spec.scheduling();
    return new PodSpecBuilder()
        .withServiceAccountName(PoolNames.farm(pool) + "-executor")
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withRestartPolicy("Always")
        .withTerminationGracePeriodSeconds(
            (long) spec.disruption().drainTimeoutSeconds() + GRACE_BEYOND_DRAIN_SECONDS)
        .withHostUsers(isSandboxed() ? Boolean.FALSE : null)
        .withSecurityContext(
            new PodSecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withFsGroup(USER)
                .withSeccompProfile(seccompProfile())
                .build())
        .withImagePullSecrets(
            pool.getSpec().image().pullSecrets().stream()
                .map(secret -> new LocalObjectReference(secret.name()))
                .toList())
        .withPriorityClassName(scheduling.priorityClassName())
        .withNodeSelector(
            scheduling.nodeSelector().isEmpty() ? null : new TreeMap<>(scheduling.nodeSelector()))
        .withAffinity(CloudNodes.affinity(capacity))
        .withTolerations(tolerations(capacity))
        .withTopologySpreadConstraints(spread())
        .withInitContainers(initContainers())
        .withContainers(container())
        .withVolumes(volumes())
        .build();
  }

  private boolean isSandboxed() {
    return spec.sandbox().type() == SandboxSpec.Type.BUBBLEWRAP;
  }

  /**
   * None for a sandbox: RuntimeDefault forbids its mounts, and asking for Unconfined is privileged.
   */
  private @Nullable SeccompProfile seccompProfile() {
    SandboxSpec.SeccompProfile wanted = spec.sandbox().seccompProfile();
    if (wanted != null) {
      return new SeccompProfileBuilder()
          .withType(wanted.type().word())
          .withLocalhostProfile(wanted.localhostProfile())
          .build();
    }
    return isSandboxed()
        ? null
        : new SeccompProfileBuilder()
            .withType(SandboxSpec.SeccompType.RUNTIME_DEFAULT.word())
            .build();
  }

  private List<Toleration> tolerations(CapacityType capacity) {
    List<Toleration> tolerations = new ArrayList<>(CloudNodes.tolerations(capacity));
    for (SchedulingSpec.Toleration wanted : spec.scheduling().tolerations()) {
      Integer seconds = wanted.tolerationSeconds();
      tolerations.add(
          new TolerationBuilder()
              .withKey(wanted.key())
              .withOperator(wanted.operator().word())
              .withValue(wanted.value())
              .withEffect(wanted.effect() == null ? null : wanted.effect().word())
              .withTolerationSeconds(seconds == null ? null : (long) seconds)
              .build());
    }
    for (Toleration ours : DeadNode.tolerations()) {
      if (tolerations.stream().noneMatch(theirs -> ours.getKey().equals(theirs.getKey()))) {
        tolerations.add(ours);
      }
    }
    return tolerations;
  }

  private TopologySpreadConstraint spread() {
    return new TopologySpreadConstraintBuilder()
        .withMaxSkew(1)
        .withTopologyKey("topology.kubernetes.io/zone")
        .withWhenUnsatisfiable("ScheduleAnyway")
        .withNewLabelSelector()
        .withMatchLabels(PoolNames.selector(pool))
        .endLabelSelector()
        .build();
  }

  private Container container() {
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(image)
        .withImagePullPolicy(pool.getSpec().image().pullPolicy().word())
        .withArgs(arguments())
        .addNewEnv()
        .withName("POD_NAME")
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath("metadata.name")
        .endFieldRef()
        .endValueFrom()
        .endEnv()
        .addNewPort()
        .withName("metrics")
        .withContainerPort(METRICS_PORT)
        .endPort()
        .withResources(spec.resources().toRequirements())
        .withVolumeMounts(mounts())
        .withStartupProbe(probe("/livez", 1, 60))
        .withLivenessProbe(probe("/livez", 10, 6))
        .withReadinessProbe(probe("/readyz", 2, 3))
        .withSecurityContext(
            new SecurityContextBuilder(unprivileged())
                .withProcMount(isSandboxed() ? "Unmasked" : null)
                .build())
        .build();
  }

  private List<Container> initContainers() {
    return toolchain == null
        ? List.of()
        : toolchain.initContainers(
            image,
            pool.getSpec().image().pullPolicy().word(),
            spec.resources().toRequirements(),
            unprivileged());
  }

  private static SecurityContext unprivileged() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .addToDrop("ALL")
        .endCapabilities()
        .build();
  }

  private List<String> arguments() {
    String farm = PoolNames.farm(pool);
    String domain = "." + pool.getMetadata().getNamespace() + ".svc:" + GRPC_PORT;
    List<String> arguments = new ArrayList<>();
    arguments.add("executor");
    arguments.add("--file=/etc/sparrow/buildfarm.yaml");
    arguments.add("--pool=" + spec.name());
    arguments.add("--name=$(POD_NAME)");
    arguments.add("--frontend-service=" + farm + "-frontends" + domain);
    arguments.add("--shard=" + farm + "-shard-*." + farm + "-shards" + domain);
    arguments.add("--data-dir=/work");
    arguments.add("--metrics-listen=0.0.0.0:" + METRICS_PORT);
    if (toolchain != null) {
      arguments.add("--pool-root=" + spec.name() + "=" + toolchain.root());
    }
    return arguments;
  }

  private static Probe probe(String path, int periodSeconds, int failures) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath(path)
        .withNewPort(METRICS_PORT)
        .endHttpGet()
        .withPeriodSeconds(periodSeconds)
        .withTimeoutSeconds(5)
        .withFailureThreshold(failures)
        .build();
  }

  private List<VolumeMount> mounts() {
    List<VolumeMount> mounts = new ArrayList<>();
    mounts.add(mount("config", "/etc/sparrow", true));
    mounts.add(mount("work", "/work", false));
    mounts.add(mount("tmp", "/tmp", false));
    if (toolchain != null) {
      mounts.add(toolchain.mount());
    }
    return mounts;
  }

  private static VolumeMount mount(String volume, String path, boolean readOnly) {
    return new VolumeMountBuilder()
        .withName(volume)
        .withMountPath(path)
        .withReadOnly(readOnly ? Boolean.TRUE : null)
        .build();
  }

  private List<Volume> volumes() {
    List<Volume> volumes = new ArrayList<>();
    volumes.add(
        new VolumeBuilder()
            .withName("config")
            .withNewConfigMap()
            .withName(PoolNames.farm(pool) + "-config")
            .endConfigMap()
            .build());
    volumes.add(
        new VolumeBuilder()
            .withName("work")
            .withNewEmptyDir()
            .withSizeLimit(spec.workDir().sizeLimit())
            .endEmptyDir()
            .build());
    volumes.add(new VolumeBuilder().withName("tmp").withNewEmptyDir().endEmptyDir().build());
    if (toolchain != null) {
      volumes.addAll(toolchain.volumes());
    }
    return volumes;
  }
}
