package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.operator.preemption.DeadNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The frontends, and how clients and executors find them. */
final class FrontendObjects {
  /** Time to be unready, to let clients see the end of what they follow, and to close. */
  private static final int GRACE_SECONDS = 30;

  private final FarmNames names;
  private final BuildFarmSpec spec;

  FrontendObjects(FarmNames names, BuildFarmSpec spec) {
    this.names = names;
    this.spec = spec;
  }

  List<HasMetadata> objects(String image, String configHash) {
    List<HasMetadata> objects = new ArrayList<>();
    objects.add(service());
    objects.add(headlessService());
    objects.add(deployment(image, configHash));
    if (spec.frontend().replicas() > 1) {
      objects.add(budget());
    }
    return objects;
  }

  private Deployment deployment(String image, String configHash) {
    RolePod pod =
        new RolePod(
            names,
            FarmNames.FRONTEND,
            names.frontend(),
            image,
            configHash,
            GRACE_SECONDS,
            RolePod.Spread.PREFERRED);
    List<String> options =
        List.of(
            "--name=$(POD_NAME)",
            "--listen=0.0.0.0:" + FarmNames.GRPC_PORT,
            "--metrics-listen=0.0.0.0:" + FarmNames.METRICS_PORT,
            "--shard=" + names.shardEndpoints(),
            "--address=$(POD_IP)",
            "--peers=" + names.frontendsEndpoint());
    return new DeploymentBuilder()
        .withMetadata(names.metadata(names.frontend(), FarmNames.FRONTEND))
        .withNewSpec()
        .withReplicas(spec.frontend().replicas())
        .withRevisionHistoryLimit(3)
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withMaxSurge(new IntOrString(1))
        .withMaxUnavailable(new IntOrString(0))
        .endRollingUpdate()
        .endStrategy()
        .withNewSelector()
        .withMatchLabels(selector())
        .endSelector()
        .withTemplate(pod.template(spec, spec.frontend().resources(), options, List.of()))
        .editTemplate()
        .editSpec()
        .withTolerations(DeadNode.tolerations())
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  /** What clients talk to. */
  private Service service() {
    ObjectMeta metadata = names.metadata(names.frontend(), FarmNames.FRONTEND);
    Map<String, String> annotations = spec.frontend().expose().annotations();
    if (!annotations.isEmpty()) {
      metadata.setAnnotations(annotations);
    }
    return new ServiceBuilder()
        .withMetadata(metadata)
        .withNewSpec()
        .withType(spec.frontend().expose().type().word())
        .withSelector(selector())
        .withPorts(port())
        .endSpec()
        .build();
  }

  /**
   * What executors look up. Also frontends that are not ready stand in it: an executor holds on to
   * a frontend that has lost its storage, or is about to stop, until it is gone.
   */
  private Service headlessService() {
    return headless(names, names.frontends(), FarmNames.FRONTEND);
  }

  static Service headless(FarmNames names, String name, String component) {
    return new ServiceBuilder()
        .withMetadata(names.metadata(name, component))
        .withNewSpec()
        .withType("ClusterIP")
        .withClusterIP("None")
        .withPublishNotReadyAddresses(true)
        .withSelector(Labels.selector(names.farm(), component, null))
        .withPorts(port())
        .endSpec()
        .build();
  }

  private PodDisruptionBudget budget() {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(names.metadata(names.frontend(), FarmNames.FRONTEND))
        .withNewSpec()
        .withMaxUnavailable(new IntOrString(1))
        .withNewSelector()
        .withMatchLabels(selector())
        .endSelector()
        .endSpec()
        .build();
  }

  private Map<String, String> selector() {
    return Labels.selector(names.farm(), FarmNames.FRONTEND, null);
  }

  private static ServicePort port() {
    return new ServicePortBuilder()
        .withName("grpc")
        .withPort(FarmNames.GRPC_PORT)
        .withProtocol("TCP")
        .withTargetPort(new IntOrString("grpc"))
        .withAppProtocol("kubernetes.io/h2c")
        .build();
  }
}
