package build.sparrow.e2e.cluster;

import build.sparrow.e2e.farm.Eventually;
import build.sparrow.e2e.farm.Repository;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The operator, installed by its chart as its users do. */
final class Operator {
  static final String NAMESPACE = "sparrow-e2e-system";
  private static final String RELEASE = "sparrow";
  private static final String DEPLOYMENT = "sparrow-operator";
  private static final Duration INSTALL_LIMIT = Duration.ofMinutes(4);
  private static final String DEFAULT_IMAGE = "docker.io/sparrow/sparrow:dev";

  private final KubernetesClient client;
  private final List<String> connection;
  private int replicas = 2;

  /**
   * An operator that is not installed yet.
   *
   * @param connection Helm's options that name the cluster
   */
  Operator(KubernetesClient client, List<String> connection) {
    this.client = client;
    this.connection = List.copyOf(connection);
  }

  /** Why there is no Helm; empty if there is. */
  static Optional<String> lackOfHelm() {
    Commands.Run run = Commands.run(Duration.ofMinutes(1), List.of(helm(), "version", "--short"));
    return run.exitCode() == 0
        ? Optional.empty()
        : Optional.of(
            "no Helm: put helm on PATH or name it by SPARROW_HELM (" + run.output() + ")");
  }

  private static String helm() {
    return Objects.requireNonNullElse(System.getenv("SPARROW_HELM"), "helm");
  }

  void install() {
    String image = Objects.requireNonNullElse(System.getenv("SPARROW_IMAGE"), DEFAULT_IMAGE);
    int colon = image.lastIndexOf(':');
    helm(
        "upgrade",
        "--install",
        RELEASE,
        Repository.path("helm").toString(),
        "--create-namespace",
        "--set=image.repository=" + image.substring(0, colon),
        "--set=image.tag=" + image.substring(colon + 1),
        "--set=replicas=" + replicas,
        "--wait",
        "--timeout=" + INSTALL_LIMIT.toSeconds() + "s");
  }

  /** As its users upgrade it, with one more value. */
  void upgrade(String value) {
    helm(
        "upgrade",
        RELEASE,
        Repository.path("helm").toString(),
        "--reuse-values",
        "--set=" + value,
        "--wait",
        "--timeout=" + INSTALL_LIMIT.toSeconds() + "s");
  }

  /** Back to what was installed before the last upgrade. */
  void rollBack() {
    helm("rollback", RELEASE, "--wait", "--timeout=" + INSTALL_LIMIT.toSeconds() + "s");
  }

  /** Leaves the CRDs, as Helm does: with them other farms of the cluster would go. */
  void uninstall() {
    helm("uninstall", RELEASE, "--ignore-not-found", "--wait");
    client.namespaces().withName(NAMESPACE).delete();
    // Into one that is about to go, the next run could install nothing.
    Eventually.get(
        "namespace " + NAMESPACE + " is gone",
        Duration.ofMinutes(2),
        Duration.ofMillis(500),
        () ->
            client.namespaces().withName(NAMESPACE).get() == null
                ? Optional.of(true)
                : Optional.empty());
  }

  private void helm(String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(helm());
    line.addAll(List.of(arguments));
    line.add("--namespace=" + NAMESPACE);
    line.addAll(connection);
    Commands.run(INSTALL_LIMIT.plusMinutes(1), line).succeeded(line);
  }

  List<Pod> pods() {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabels(Map.of("app.kubernetes.io/name", "sparrow-operator"))
        .list()
        .getItems();
  }

  /** Of its pods that are not about to go. */
  Set<String> names() {
    return pods().stream()
        .filter(pod -> !pod.isMarkedForDeletion())
        .map(pod -> pod.getMetadata().getName())
        .collect(Collectors.toSet());
  }

  /** Ends all of its processes as a crash does; Kubernetes starts others. */
  void kill() {
    for (Pod pod : pods()) {
      client.resource(pod).withGracePeriod(0).delete();
    }
  }

  void stop() {
    scale(0);
    Eventually.get(
        "the operator is gone",
        Duration.ofMinutes(1),
        Duration.ofMillis(500),
        () -> pods().isEmpty() ? Optional.of(true) : Optional.empty());
  }

  void start() {
    scale(replicas);
    awaitReady();
  }

  void awaitReady() {
    Eventually.get(
        "the operator is ready",
        Duration.ofMinutes(2),
        Duration.ofMillis(500),
        () ->
            Optional.of(true)
                .filter(
                    _ ->
                        client
                            .apps()
                            .deployments()
                            .inNamespace(NAMESPACE)
                            .withName(DEPLOYMENT)
                            .isReady()));
  }

  private void scale(int pods) {
    client.apps().deployments().inNamespace(NAMESPACE).withName(DEPLOYMENT).scale(pods);
  }

  /** The ends of the logs of its pods. */
  String logs(int lines) {
    return pods().stream()
        .map(
            pod ->
                "---- %s%n%s%n"
                    .formatted(
                        pod.getMetadata().getName(),
                        log(NAMESPACE, pod.getMetadata().getName(), lines)))
        .collect(Collectors.joining());
  }

  private String log(String namespace, String pod, int lines) {
    try {
      return client.pods().inNamespace(namespace).withName(pod).tailingLines(lines).getLog();
    } catch (KubernetesClientException e) {
      return "no log: " + e.getMessage();
    }
  }
}
