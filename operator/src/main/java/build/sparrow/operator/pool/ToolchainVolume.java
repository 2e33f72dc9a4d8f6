package build.sparrow.operator.pool;

import build.sparrow.crds.PoolSpec;
import build.sparrow.crds.PoolSpec.Mount;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.List;

/**
 * How the files of a pool's image come to its executors, which give them to actions as /. Nothing
 * in the image has to run: where a node cannot mount it, it is copied by a program of ours.
 */
final class ToolchainVolume {
  private static final String TOOLCHAIN = "/toolchain";
  private static final String COPIER = "/copier";

  private final PoolSpec.Image image;

  ToolchainVolume(PoolSpec.Image image) {
    this.image = image;
  }

  /** The directory that an action sees as /. */
  String root() {
    return isCopied() ? TOOLCHAIN + "/root" : TOOLCHAIN;
  }

  private boolean isCopied() {
    return image.mount() == Mount.COPY;
  }

  VolumeMount mount() {
    return mount("toolchain", TOOLCHAIN, true);
  }

  List<Volume> volumes() {
    if (isCopied()) {
      return List.of(emptyDir("toolchain"), emptyDir("copier"));
    }
    return List.of(
        new VolumeBuilder()
            .withName("toolchain")
            .withNewImage()
            .withReference(image.reference())
            .withPullPolicy(image.pullPolicy().word())
            .endImage()
            .build());
  }

  /**
   * Who fills the volume before the executor starts: one that brings the copying program out of
   * Sparrow's image, and one that runs it in the toolchain's. None where the node mounts the image.
   *
   * @param resources of each, which a quota may want to see
   */
  List<Container> initContainers(
      String sparrowImage,
      String sparrowPullPolicy,
      ResourceRequirements resources,
      SecurityContext security) {
    if (!isCopied()) {
      return List.of();
    }
    Container bring =
        new ContainerBuilder()
            .withName("bring-copier")
            .withImage(sparrowImage)
            .withImagePullPolicy(sparrowPullPolicy)
            .withCommand("/opt/sparrow/bin/copy-toolchain", "bring", COPIER)
            .withVolumeMounts(mount("copier", COPIER, false))
            .withResources(resources)
            .withSecurityContext(security)
            .build();
    Container copy =
        new ContainerBuilder()
            .withName("copy-toolchain")
            .withImage(image.reference())
            .withImagePullPolicy(image.pullPolicy().word())
            .withCommand(COPIER + "/busybox", "sh", COPIER + "/copy-toolchain", "copy", TOOLCHAIN)
            .withVolumeMounts(mount("copier", COPIER, true), mount("toolchain", TOOLCHAIN, false))
            .withResources(resources)
            .withSecurityContext(security)
            .build();
    return List.of(bring, copy);
  }

  private static Volume emptyDir(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build();
  }

  private static VolumeMount mount(String volume, String path, boolean readOnly) {
    return new VolumeMountBuilder()
        .withName(volume)
        .withMountPath(path)
        .withReadOnly(readOnly ? Boolean.TRUE : null)
        .build();
  }
}
