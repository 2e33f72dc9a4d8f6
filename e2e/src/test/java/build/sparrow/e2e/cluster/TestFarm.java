package build.sparrow.e2e.cluster;

import static java.util.Objects.requireNonNull;

import build.sparrow.crds.BuildFarm;
import build.sparrow.e2e.farm.Eventually;
import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.FarmGrpc;
import build.sparrow.farm.v1.InspectRequest;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.WhyRequest;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A farm on the cluster. */
final class TestFarm implements AutoCloseable {
  static final String FRONTEND = "frontend";
  static final String SHARD = "shard";
  static final String EXECUTOR = "executor";
  static final String FARM_LABEL = "sparrow.build/farm";

  private static final String COMPONENT_LABEL = "app.kubernetes.io/component";
  private static final Duration READY_LIMIT = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

  private final TestNamespace namespace;
  private final String name;
  private @Nullable LoadBalancer balancer;
  private @Nullable ManagedChannel channel;

  TestFarm(TestNamespace namespace, String name) {
    this.namespace = namespace;
    this.name = name;
  }

  private KubernetesClient client() {
    return namespace.client();
  }

  /** As {@code kubectl apply --server-side}. */
  void apply(Example example) {
    client()
        .resource(Serialization.unmarshal(example.yaml(), GenericKubernetesResource.class))
        .inNamespace(namespace.name())
        .fieldManager("e2e")
        .forceConflicts()
        .serverSideApply();
  }

  Resource<BuildFarm> resource() {
    return client().resources(BuildFarm.class).inNamespace(namespace.name()).withName(name);
  }

  BuildFarm get() {
    return requireNonNull(resource().get(), name);
  }

  Optional<Condition> condition(String type) {
    return condition(get().getStatus().conditions(), type);
  }

  static Optional<Condition> condition(List<Condition> conditions, String type) {
    return conditions.stream().filter(condition -> condition.getType().equals(type)).findFirst();
  }

  /** Waits until a condition is so for the spec as it is now. */
  Condition await(String type, String status, Duration limit) {
    return Eventually.get(
        "farm %s has %s=%s".formatted(name, type, status),
        limit,
        PAUSE,
        () -> {
          BuildFarm farm = get();
          long generation = farm.getMetadata().getGeneration();
          return condition(farm.getStatus().conditions(), type)
              .filter(condition -> condition.getStatus().equals(status))
              .filter(condition -> condition.getObservedGeneration() == generation);
        });
  }

  /** Waits until a condition has a reason. */
  Condition awaitReason(String type, String reason, Duration limit) {
    return Eventually.get(
        "farm %s has %s with reason %s".formatted(name, type, reason),
        limit,
        PAUSE,
        () -> condition(type).filter(condition -> condition.getReason().equals(reason)));
  }

  /** Waits until it takes builds and nothing more is on its way. */
  TestFarm awaitReady() {
    await("Ready", "True", READY_LIMIT);
    await("Degraded", "False", READY_LIMIT);
    await("Reconciling", "False", READY_LIMIT);
    return this;
  }

  /** The pods of one role that are not about to go. */
  List<Pod> pods(String component) {
    return client()
        .pods()
        .inNamespace(namespace.name())
        .withLabels(Map.of(FARM_LABEL, name, COMPONENT_LABEL, component))
        .list()
        .getItems()
        .stream()
        .filter(pod -> !pod.isMarkedForDeletion())
        .toList();
  }

  /** Ends a pod as the death of its node does. */
  void kill(Pod pod) {
    client().resource(pod).withGracePeriod(0).delete();
  }

  /** What the events about the farm and its pools say. */
  List<String> events() {
    return client().v1().events().inNamespace(namespace.name()).list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().startsWith(name))
        .map(event -> event.getReason() + ": " + event.getMessage())
        .toList();
  }

  /** The lines for a .bazelrc as the status has them. */
  List<String> bazelrcLines() {
    return Eventually.get(
            "lines for .bazelrc",
            READY_LIMIT,
            PAUSE,
            () -> Optional.ofNullable(get().getStatus().bazelrc()))
        .lines()
        .toList();
  }

  /** The same through a load balancer, so that they stay true when a node goes. */
  List<String> balancedBazelrcLines() {
    return bazelrcLines().stream()
        .map(line -> line.replaceAll("grpc://\\S+", "grpc://" + balancedEndpoint()))
        .toList();
  }

  /** Where an {@link Example#exposed} farm is reached whatever node is there. */
  synchronized String balancedEndpoint() {
    LoadBalancer there = balancer;
    if (there == null) {
      int port = nodePort();
      there = LoadBalancer.before(() -> addresses(port));
      balancer = there;
    }
    return there.address();
  }

  private int nodePort() {
    Service service =
        requireNonNull(
            client().services().inNamespace(namespace.name()).withName(name + "-frontend").get());
    return service.getSpec().getPorts().getFirst().getNodePort();
  }

  private List<InetSocketAddress> addresses(int port) {
    return namespace.cluster().nodes().stream()
        .filter(Cluster::isReady)
        .map(Cluster::address)
        .flatMap(Optional::stream)
        .map(address -> new InetSocketAddress(address, port))
        .toList();
  }

  /** What a frontend of the farm knows right now. */
  InspectResponse inspect() {
    return FarmGrpc.newBlockingStub(channel())
        .withWaitForReady()
        .withDeadlineAfter(CALL_LIMIT.toSeconds(), TimeUnit.SECONDS)
        .inspect(InspectRequest.getDefaultInstance());
  }

  /** How many actions each executor runs, by the names of their pods. */
  Map<String, Integer> running() {
    return inspect().getExecutorsList().stream()
        .collect(
            Collectors.toMap(
                ExecutorStatus::getName, ExecutorStatus::getRunningOperationsCount, Integer::sum));
  }

  /** The first executor on which the process of an action runs, which a drain lets end. */
  Optional<String> executing() {
    return inspect().getExecutorsList().stream()
        .filter(
            executor -> executor.getRunningOperationsList().stream().anyMatch(this::processRuns))
        .map(ExecutorStatus::getName)
        .findFirst();
  }

  private boolean processRuns(String operation) {
    return FarmGrpc.newBlockingStub(channel())
        .withDeadlineAfter(CALL_LIMIT.toSeconds(), TimeUnit.SECONDS)
        .why(WhyRequest.newBuilder().setOperation(operation).build())
        .getExplanation()
        .contains("its process runs");
  }

  private synchronized ManagedChannel channel() {
    ManagedChannel connected = channel;
    if (connected == null) {
      connected =
          Grpc.newChannelBuilder(balancedEndpoint(), InsecureChannelCredentials.create()).build();
      channel = connected;
    }
    return connected;
  }

  /** As {@code kubectl delete}; does not wait. */
  void delete() {
    resource().delete();
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.shutdownNow();
    }
    if (balancer != null) {
      balancer.close();
    }
  }
}
