package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.crds.Resources;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.List;
import java.util.Map;

/**
 * The pod of a frontend or a shard, which are alike but for what they run: it passes the Pod
 * Security Standard {@code restricted}.
 *
 * @param component also the role that the image is started in
 * @param configHash of what the role reads of the farm; when it changes the pod is replaced
 */
record RolePod(
    FarmNames names,
    String component,
    String serviceAccount,
    String image,
    String configHash,
    int graceSeconds,
    Spread spread) {
  /** Whether pods of the component may share a node while another one has none. */
  enum Spread {
    PREFERRED("ScheduleAnyway"),
    REQUIRED("DoNotSchedule");

    private final String word;

    Spread(String word) {
      this.word = word;
    }
  }

  static final String CONFIG_HASH = "sparrow.build/config-hash";
  static final String CONFIG_FOLDER = "/etc/sparrow";
  static final String CONFIG_FILE = "buildfarm.yaml";

  private static final long USER = 65_532;
  private static final String CONFIG = "config";
  private static final String TMP = "tmp";

  /**
   * The pod's template.
   *
   * @param mounts beside those that every role has; their volumes come from elsewhere
   */
  PodTemplateSpec template(
      BuildFarmSpec spec, Resources resources, List<String> options, List<VolumeMount> mounts) {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(Labels.of(names.farm(), component, null))
        .withAnnotations(
            Map.of(CONFIG_HASH, configHash, "kubectl.kubernetes.io/default-container", component))
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName(serviceAccount)
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds((long) graceSeconds)
        .withImagePullSecrets(pullSecrets(spec))
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(USER)
        .withRunAsGroup(USER)
        .withFsGroup(USER)
        .withFsGroupChangePolicy("OnRootMismatch")
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .addNewTopologySpreadConstraint()
        .withMaxSkew(1)
        .withTopologyKey("kubernetes.io/hostname")
        .withWhenUnsatisfiable(spread.word)
        .withNodeTaintsPolicy(spread == Spread.REQUIRED ? "Honor" : null)
        .withNewLabelSelector()
        .withMatchLabels(Labels.selector(names.farm(), component, null))
        .endLabelSelector()
        .endTopologySpreadConstraint()
        .withContainers(container(spec, resources, options, mounts))
        .addNewVolume()
        .withName(CONFIG)
        .withNewConfigMap()
        .withName(names.config())
        .endConfigMap()
        .endVolume()
        .addNewVolume()
        .withName(TMP)
        .withNewEmptyDir()
        .withSizeLimit(new Quantity("256Mi"))
        .endEmptyDir()
        .endVolume()
        .endSpec()
        .build();
  }

  private Container container(
      BuildFarmSpec spec, Resources resources, List<String> options, List<VolumeMount> mounts) {
    return new ContainerBuilder()
        .withName(component)
        .withImage(image)
        .withImagePullPolicy(spec.image().pullPolicy().word())
        .withArgs(component, "--file=" + CONFIG_FOLDER + "/" + CONFIG_FILE)
        .addToArgs(options.toArray(String[]::new))
        .withEnv(ofPod("POD_NAME", "metadata.name"), ofPod("POD_IP", "status.podIP"))
        .addNewPort()
        .withName("grpc")
        .withContainerPort(FarmNames.GRPC_PORT)
        .withProtocol("TCP")
        .endPort()
        .addNewPort()
        .withName("metrics")
        .withContainerPort(FarmNames.METRICS_PORT)
        .withProtocol("TCP")
        .endPort()
        .withStartupProbe(probe("/livez", 2, 150)) // Opening a large store takes its time.
        .withLivenessProbe(probe("/livez", 20, 3))
        .withReadinessProbe(probe("/readyz", 2, 2))
        .withResources(resources.toRequirements())
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .addNewVolumeMount()
        .withName(CONFIG)
        .withMountPath(CONFIG_FOLDER)
        .withReadOnly(true)
        .endVolumeMount()
        .addToVolumeMounts(mount(TMP, "/tmp"))
        .addToVolumeMounts(mounts.toArray(VolumeMount[]::new))
        .build();
  }

  static VolumeMount mount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
  }

  private static EnvVar ofPod(String variable, String path) {
    return new EnvVarBuilder()
        .withName(variable)
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath(path)
        .endFieldRef()
        .endValueFrom()
        .build();
  }

  private static Probe probe(String path, int periodSeconds, int failures) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath(path)
        .withPort(new IntOrString("metrics"))
        .endHttpGet()
        .withPeriodSeconds(periodSeconds)
        .withTimeoutSeconds(5)
        .withFailureThreshold(failures)
        .build();
  }

  private static List<LocalObjectReference> pullSecrets(BuildFarmSpec spec) {
    return spec.image().pullSecrets().stream()
        .map(secret -> new LocalObjectReference(secret.name()))
        .toList();
  }
}
