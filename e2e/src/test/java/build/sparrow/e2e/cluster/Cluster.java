package build.sparrow.e2e.cluster;

import build.sparrow.e2e.farm.Directories;
import build.sparrow.e2e.farm.Repository;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * The cluster that all tests share, with the operator installed while they run. It is the one that
 * KUBECONFIG names, else k3s in a container.
 */
final class Cluster implements AutoCloseable {
  private static final Namespace STORE = Namespace.create(Cluster.class);
  private static final DockerImageName K3S = DockerImageName.parse("rancher/k3s:v1.34.1-k3s1");
  private static final String K3S_IMAGES = "/var/lib/rancher/k3s/agent/images/";

  private final KubernetesClient client;
  private final Operator operator;
  private final @Nullable K3sContainer container;
  private final @Nullable Path directory;

  private Cluster(
      KubernetesClient client,
      Operator operator,
      @Nullable K3sContainer container,
      @Nullable Path directory) {
    this.client = client;
    this.operator = operator;
    this.container = container;
    this.directory = directory;
  }

  /** Why these tests cannot run; empty if they can. */
  static Optional<String> lack() {
    if (!Boolean.getBoolean("sparrow.e2e.cluster")) {
      return Optional.of("it wants a Kubernetes; make e2e runs it");
    }
    return lackOfCluster().or(Operator::lackOfHelm);
  }

  private static Optional<String> lackOfCluster() {
    String kubeconfig = kubeconfig();
    if (!kubeconfig.isEmpty()) {
      return Files.isReadable(Path.of(kubeconfig))
          ? Optional.empty()
          : Optional.of("KUBECONFIG names " + kubeconfig + ", which cannot be read");
    }
    return DockerClientFactory.instance().isDockerAvailable()
        ? Optional.empty()
        : Optional.of(
            "no cluster: KUBECONFIG names none, and no container engine is there for k3s");
  }

  private static String kubeconfig() {
    return Objects.requireNonNullElse(System.getenv("KUBECONFIG"), "");
  }

  /** The cluster, connected and with an operator when it is asked for first. */
  static Cluster of(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(STORE)
        .getOrComputeIfAbsent("cluster", _ -> connect(), Cluster.class);
  }

  private static Cluster connect() {
    Cluster cluster = kubeconfig().isEmpty() ? ofContainer() : ofKubeconfig();
    try {
      String version = cluster.client.getKubernetesVersion().getGitVersion();
      int nodes = cluster.client.nodes().list().getItems().size();
      String kind = cluster.container == null ? "the cluster of KUBECONFIG" : "k3s in a container";
      Tally.ranOn("%s (Kubernetes %s, %d nodes)".formatted(kind, version, nodes));
      cluster.operator.install();
      return cluster;
    } catch (RuntimeException e) {
      System.err.print(cluster.operator.logs(100));
      cluster.close();
      throw e;
    }
  }

  private static Cluster ofKubeconfig() {
    KubernetesClient client = new KubernetesClientBuilder().build();
    return new Cluster(client, new Operator(client, List.of()), null, null);
  }

  /** A cluster of one node, which imports the images' archives when it starts. */
  private static Cluster ofContainer() {
    K3sContainer container = new K3sContainer(K3S);
    Path image = Repository.path("worker-image/target/sparrow-image.tar");
    container.withCopyFileToContainer(MountableFile.forHostPath(image), K3S_IMAGES + "sparrow.tar");
    List<String> line = List.of(Repository.path("worker-image/toolchain-image.sh").toString());
    Path toolchain = Path.of(Commands.run(Duration.ofMinutes(10), line).succeeded(line).output());
    container.withCopyFileToContainer(
        MountableFile.forHostPath(toolchain), K3S_IMAGES + "toolchain.tar");
    container.start();
    Path directory = Directories.make("k3s");
    try {
      String yaml = container.getKubeConfigYaml();
      Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), yaml);
      KubernetesClient client =
          new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(yaml)).build();
      Operator operator = new Operator(client, List.of("--kubeconfig=" + kubeconfig));
      return new Cluster(client, operator, container, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  KubernetesClient client() {
    return client;
  }

  Operator operator() {
    return operator;
  }

  List<Node> nodes() {
    return client.nodes().list().getItems();
  }

  static boolean isReady(Node node) {
    return node.getStatus().getConditions().stream()
        .anyMatch(
            condition ->
                condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }

  /** Where other machines reach a node. */
  static Optional<String> address(Node node) {
    return node.getStatus().getAddresses().stream()
        .filter(address -> address.getType().equals("InternalIP"))
        .map(address -> address.getAddress())
        .findFirst();
  }

  @Override
  public void close() {
    try {
      operator.uninstall();
    } catch (IllegalStateException | KubernetesClientException e) {
      System.err.println("The operator could not be uninstalled: " + e.getMessage());
    }
    client.close();
    if (container != null) {
      container.stop();
    }
    if (directory != null) {
      Directories.delete(directory);
    }
  }
}
