package build.sparrow.executor;

import build.sparrow.cas.replica.client.ReplicatedStorage;
import build.sparrow.executor.agent.RunningAgent;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.service.DnsEndpoints;
import build.sparrow.service.Endpoint;
import build.sparrow.service.EndpointLookup;
import build.sparrow.service.GrpcChannels;
import build.sparrow.service.ServiceGroup;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An executor: connects to every frontend and runs the actions that they give it. */
public final class ExecutorMain implements AutoCloseable {
  private final ServiceGroup services;
  private final RunningAgent agent;

  private ExecutorMain(ServiceGroup services, RunningAgent agent) {
    this.services = services;
    this.agent = agent;
  }

  /**
   * Starts an executor. Frontends and storage may come later; it keeps trying to reach them.
   *
   * @throws Exception if the work directory or the sandbox cannot be used; nothing runs then
   */
  public static ExecutorMain start(ExecutorConfig config) throws Exception {
    ServiceGroup services = new ServiceGroup();
    try {
      ReplicatedStorage storage =
          services.start("storage", () -> ReplicatedStorage.connect(config.storage()));
      RunningAgent agent =
          services.start(
              "agent",
              () ->
                  RunningAgent.start(
                      config,
                      storage.blobs(),
                      place -> GrpcChannels.connect(Endpoint.parse(place.value()))));
      findFrontends(config, agent, services);
      return new ExecutorMain(services, agent);
    } catch (Exception e) {
      services.close();
      throw e;
    }
  }

  private static void findFrontends(
      ExecutorConfig config, RunningAgent agent, ServiceGroup services) throws Exception {
    agent.list(places(config.frontends(), Set.of()));
    Endpoint service = config.frontendService();
    if (service != null) {
      services.start(
          "frontend lookup",
          () ->
              EndpointLookup.start(
                  new DnsEndpoints(service),
                  EndpointLookup.PAUSE,
                  found -> agent.list(places(config.frontends(), found))));
    }
  }

  private static Set<FrontendId> places(Collection<Endpoint> fixed, Collection<Endpoint> found) {
    return Stream.concat(fixed.stream(), found.stream())
        .map(endpoint -> new FrontendId(endpoint.toString()))
        .collect(Collectors.toSet());
  }

  /**
   * Takes no more work, hands back what has not started, lets what runs end within the grace, and
   * hands back the rest. Returns when that is done; {@link #close} is still to be called.
   */
  public void drain(Duration grace) throws InterruptedException {
    agent.drain(grace);
  }

  /** Why no work can come; empty while a frontend answers. */
  public Optional<String> obstacle() {
    return agent.obstacle();
  }

  /** Stops now: hands back what runs, then disconnects. */
  @Override
  public void close() {
    services.close();
  }
}
