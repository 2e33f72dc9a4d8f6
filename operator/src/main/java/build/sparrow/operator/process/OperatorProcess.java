package build.sparrow.operator.process;

import build.sparrow.operator.farm.FarmReconciler;
import build.sparrow.operator.link.GrpcFarmLinks;
import build.sparrow.operator.pool.PoolReconciler;
import build.sparrow.operator.process.Watchdog.Watched;
import build.sparrow.operator.status.KubernetesEvents;
import build.sparrow.service.Endpoint;
import build.sparrow.service.MetricsServer;
import build.sparrow.service.ProcessHealth;
import build.sparrow.service.ServiceGroup;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RegisteredController;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.processing.Controller;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator: both reconcilers, the lines to the frontends, probes and metrics. Several may run;
 * one leads, the others keep their caches warm.
 */
public final class OperatorProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OperatorProcess.class);
  private static final String LEASE = "sparrow-operator";
  private static final Duration SCHEMA_PAUSE = Duration.ofSeconds(2);

  /** As Kubernetes' own controllers have it: gone for so long, another leads. */
  private static final Duration LEASE_DURATION = Duration.ofSeconds(15);

  private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
  private static final Duration RETRY_PERIOD = Duration.ofSeconds(2);

  private final OperatorConfig config;
  private final KubernetesClient client;
  private final Clock clock;
  private final Runnable onLostLease;
  private final Watchdog watchdog;
  private final ServiceGroup services = new ServiceGroup();
  private volatile Stage stage = new Starting("it is starting");
  private volatile boolean leading;
  private volatile int metricsPort;

  private sealed interface Stage {}

  private record Starting(String obstacle) implements Stage {}

  private record Running(Operator operator) implements Stage {}

  private record Stopping() implements Stage {}

  private OperatorProcess(
      OperatorConfig config, KubernetesClient client, Clock clock, Runnable onLostLease) {
    this.config = config;
    this.client = client;
    this.clock = clock;
    this.onLostLease = onLostLease;
    this.watchdog = new Watchdog(clock);
  }

  /**
   * Starts the operator; returns once its caches are filled. Until the cluster has the CRDs of this
   * version it waits and says so on {@code /readyz}.
   *
   * @param client closed with the process
   * @param onLostLease called when another leads; what this process does from then on may be wrong,
   *     so it should end at once
   * @throws Exception if the metrics port is taken, or the caches cannot be filled
   */
  public static OperatorProcess start(
      OperatorConfig config, KubernetesClient client, Clock clock, Runnable onLostLease)
      throws Exception {
    OperatorProcess process = new OperatorProcess(config, client, clock, onLostLease);
    try {
      process.start();
      return process;
    } catch (Exception e) {
      process.close();
      throw e;
    }
  }

  private void start() throws Exception {
    services.start("client", () -> client);
    metricsPort =
        services
            .start(
                "metrics",
                () ->
                    MetricsServer.start(
                        new Endpoint("0.0.0.0", config.metricsPort()), new Health()))
            .port();
    awaitSchema();
    GrpcFarmLinks links =
        services.start("lines to frontends", () -> new GrpcFarmLinks(System::nanoTime));
    KubernetesEvents events = new KubernetesEvents(client, clock);
    PoolReconciler pools =
        services.start(
            "drains", () -> new PoolReconciler(client, links, events, config.watchNodes(), clock));
    Operator operator = new Operator(this::configure);
    operator.register(
        new FarmReconciler(client, links, events, config.image(), clock), this::limit);
    operator.register(pools, this::limit);
    if (config.leaderElection()) {
      // Stopped after the loop.
      LeaseLock lease = new LeaseLock(config.podNamespace(), LEASE, config.podName());
      services.start("lease", () -> new LeaseHandover(client, lease, clock));
    }
    services.start("loop", () -> operator::stop);
    leading = !config.leaderElection();
    LoopMetrics.leading(leading);
    operator.start();
    stage = new Running(operator);
    log.atInfo()
        .addKeyValue("namespaces", config.watchNamespaces())
        .addKeyValue("image", config.image())
        .log("The operator runs");
  }

  private void awaitSchema() throws InterruptedException {
    ServedSchema schema = new ServedSchema(client);
    String said = "";
    while (true) {
      Optional<String> obstacle = lackOf(schema);
      if (obstacle.isEmpty()) {
        return;
      }
      stage = new Starting(obstacle.get());
      if (!said.equals(obstacle.get())) {
        said = obstacle.get();
        log.atError().addKeyValue("obstacle", said).log("The operator cannot work yet");
      }
      Thread.sleep(SCHEMA_PAUSE);
    }
  }

  private static Optional<String> lackOf(ServedSchema schema) {
    try {
      return schema.lack();
    } catch (KubernetesClientException e) {
      return Optional.of("the API server does not answer: " + e.getMessage());
    }
  }

  private void configure(ConfigurationServiceOverrider configuration) {
    configuration
        .withKubernetesClient(client)
        .withCloseClientOnStop(false)
        .withMetrics(new LoopMetrics(watchdog::ended))
        .checkingCRDAndValidateLocalModel(false)
        .withUseSSAToPatchPrimaryResource(false)
        // One namespace of several that may not be read must not keep the others from being kept.
        .withStopOnInformerErrorDuringStartup(config.watchNamespaces().size() <= 1);
    if (config.leaderElection()) {
      configuration.withLeaderElectionConfiguration(
          new LeaderElectionConfiguration(
              LEASE,
              config.podNamespace(),
              LEASE_DURATION,
              RENEW_DEADLINE,
              RETRY_PERIOD,
              config.podName(),
              new LeaderCallbacks(this::lead, this::follow, leader -> {}),
              false));
    }
  }

  private <R extends HasMetadata> void limit(ControllerConfigurationOverrider<R> controller) {
    if (!config.watchNamespaces().isEmpty()) {
      controller.settingNamespaces(config.watchNamespaces());
    }
  }

  private void lead() {
    leading = true;
    LoopMetrics.leading(true);
    log.atInfo().addKeyValue("identity", config.podName()).log("This operator leads");
  }

  private void follow() {
    boolean led = leading;
    leading = false;
    LoopMetrics.leading(false);
    if (led && !(stage instanceof Stopping)) {
      log.atWarn().log("Another operator leads by now; this one ends");
      onLostLease.run();
    }
  }

  private final class Health implements ProcessHealth {
    @Override
    public Optional<String> obstacle() {
      return switch (stage) {
        case Starting(String obstacle) -> Optional.of(obstacle);
        case Running(Operator operator) -> brokenWatches(operator);
        case Stopping() -> Optional.of("it is stopping");
      };
    }

    @Override
    public Optional<String> fault() {
      return switch (stage) {
        case Running(Operator operator) -> watchdog.fault(known(operator), leading);
        case Starting(_), Stopping() -> Optional.empty();
      };
    }
  }

  private static Optional<String> brokenWatches(Operator operator) {
    Set<String> broken = new TreeSet<>();
    operator
        .getRuntimeInfo()
        .unhealthyEventSources()
        .forEach(
            (controller, sources) ->
                sources.keySet().forEach(source -> broken.add(controller + "/" + source)));
    return broken.isEmpty()
        ? Optional.empty()
        : Optional.of("watches at the API server are broken: " + String.join(", ", broken));
  }

  private static Set<Watched> known(Operator operator) {
    return operator.getRegisteredControllers().stream()
        .flatMap(
            registered -> {
              Controller<?> controller = (Controller<?>) (RegisteredController<?>) registered;
              String name = controller.getConfiguration().getName();
              return controller
                  .getEventSourceManager()
                  .getControllerEventSource()
                  .list()
                  .map(
                      resource ->
                          new Watched(
                              name,
                              resource.getMetadata().getNamespace(),
                              resource.getMetadata().getName()));
            })
        .collect(Collectors.toSet());
  }

  /** Where metrics and probes are served. */
  int metricsPort() {
    return metricsPort;
  }

  /** Stops in order: what is under way may end, then the lease is given back. */
  @Override
  public void close() {
    stage = new Stopping();
    services.close();
  }
}
