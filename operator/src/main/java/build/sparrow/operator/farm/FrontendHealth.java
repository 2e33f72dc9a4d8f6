package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.crds.BuildFarmStatus.Frontends;
import build.sparrow.crds.FrontendSpec.ServiceType;
import build.sparrow.operator.status.Reason;
import build.sparrow.operator.status.Trouble;
import build.sparrow.service.Endpoint;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How the frontends stand, and where clients reach them. */
final class FrontendHealth {
  private final FarmObservation observed;
  private final FarmNames names;
  private final BuildFarmSpec spec;

  FrontendHealth(FarmObservation observed, BuildFarmSpec spec) {
    this.observed = observed;
    this.names = observed.names();
    this.spec = spec;
  }

  Frontends counts() {
    Optional<DeploymentStatus> status = observed.deployment().map(Deployment::getStatus);
    return new Frontends(
        status.map(DeploymentStatus::getReplicas).orElse(0),
        status.map(DeploymentStatus::getReadyReplicas).orElse(0),
        status.map(DeploymentStatus::getUpdatedReplicas).orElse(0));
  }

  /** Where clients reach the farm; empty while it has no address. */
  Optional<Endpoint> endpoint() {
    return switch (spec.frontend().expose().type()) {
      case CLUSTER_IP -> Optional.of(new Endpoint(names.frontendHost(), FarmNames.GRPC_PORT));
      case LOAD_BALANCER ->
          observed
              .service()
              .map(FrontendHealth::ingresses)
              .flatMap(ingresses -> ingresses.stream().findFirst())
              .flatMap(FrontendHealth::host)
              .map(host -> new Endpoint(host, FarmNames.GRPC_PORT));
      case NODE_PORT ->
          observed
              .service()
              .flatMap(FrontendHealth::nodePort)
              .flatMap(
                  port ->
                      observed.readyFrontends().stream()
                          .map(Pod::getStatus)
                          .map(status -> status.getHostIP())
                          .filter(Objects::nonNull)
                          .sorted()
                          .findFirst()
                          .map(node -> new Endpoint(node, port)));
    };
  }

  private static List<LoadBalancerIngress> ingresses(Service service) {
    return service.getStatus() == null || service.getStatus().getLoadBalancer() == null
        ? List.of()
        : service.getStatus().getLoadBalancer().getIngress();
  }

  private static Optional<String> host(LoadBalancerIngress ingress) {
    return Optional.ofNullable(ingress.getHostname())
        .filter(name -> !name.isEmpty())
        .or(() -> Optional.ofNullable(ingress.getIp()));
  }

  private static Optional<Integer> nodePort(Service service) {
    return service.getSpec().getPorts().stream()
        .map(port -> port.getNodePort())
        .filter(Objects::nonNull)
        .filter(port -> port > 0)
        .findFirst();
  }

  Health assess() {
    Frontends counts = counts();
    int wanted = spec.frontend().replicas();
    boolean updating = observed.deployment().map(FrontendHealth::isUpdating).orElse(false);
    boolean serves = counts.readyReplicas() > 0;
    if (serves && endpoint().isEmpty()) {
      return Health.starting(Reason.ADDRESS_PENDING, addressPending());
    }
    if (serves && counts.readyReplicas() >= wanted) {
      return new Health(
          true,
          !updating,
          updating,
          Reason.FRONTENDS_SERVE.word(),
          "%d of %d frontends serve.".formatted(counts.readyReplicas(), wanted));
    }
    Optional<Trouble> trouble = Trouble.of(observed.podsOf(FarmNames.FRONTEND)).or(this::refusal);
    if (trouble.isPresent()) {
      return Health.troubled(serves, updating, trouble.get());
    }
    return new Health(
        serves,
        false,
        updating,
        Reason.FRONTENDS_STARTING.word(),
        "%d of %d frontends serve. If it takes long, see kubectl describe deployment %s."
            .formatted(counts.readyReplicas(), wanted, names.frontend()));
  }

  private String addressPending() {
    return spec.frontend().expose().type() == ServiceType.LOAD_BALANCER
        ? "Service %s has no address yet. If it stays so, the cluster has nobody who makes load balancers: see kubectl describe service %s, or set spec.frontend.expose.type to NodePort or ClusterIP."
            .formatted(names.frontend(), names.frontend())
        : "Service %s has no port of the nodes yet; see kubectl describe service %s."
            .formatted(names.frontend(), names.frontend());
  }

  private static boolean isUpdating(Deployment deployment) {
    DeploymentStatus status = deployment.getStatus();
    return status == null
        || !Objects.equals(status.getObservedGeneration(), deployment.getMetadata().getGeneration())
        || Optional.ofNullable(status.getUpdatedReplicas()).orElse(0)
            < deployment.getSpec().getReplicas();
  }

  /** A Deployment says of itself that its pods are refused. */
  private Optional<Trouble> refusal() {
    return observed
        .deployment()
        .map(Deployment::getStatus)
        .map(DeploymentStatus::getConditions)
        .orElse(List.of())
        .stream()
        .filter(condition -> "ReplicaFailure".equals(condition.getType()))
        .filter(condition -> "True".equals(condition.getStatus()))
        .map(condition -> Trouble.ofRefusal(condition.getMessage()))
        .findFirst();
  }
}
