package build.sparrow.executor;

import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.executor.agent.RunningAgent;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import build.sparrow.service.ServiceGroup;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An executor: connects to every frontend and runs the actions that they give it. */
public final class ExecutorMain implements AutoCloseable {
  private static final long FLUSH_SECONDS = 2;

  private final ServiceGroup services;
  private final RunningAgent agent;

  private ExecutorMain(ServiceGroup services, RunningAgent agent) {
    this.services = services;
    this.agent = agent;
  }

  /**
   * Starts an executor. Frontends and shard may come later; it keeps trying to reach them.
   *
   * @throws Exception if the work directory or the sandbox cannot be used; nothing runs then
   */
  public static ExecutorMain start(ExecutorConfig config) throws Exception {
    ServiceGroup services = new ServiceGroup();
    try {
      ManagedChannel shard = connect(services, config.shard());
      Map<FrontendId, Channel> frontends = new HashMap<>();
      for (Endpoint frontend : config.frontends()) {
        frontends.put(new FrontendId(frontend.toString()), connect(services, frontend));
      }
      RunningAgent agent =
          services.start(
              "agent", () -> RunningAgent.start(config, new RemoteBlobStore(shard), frontends));
      return new ExecutorMain(services, agent);
    } catch (Exception e) {
      services.close();
      throw e;
    }
  }

  private static ManagedChannel connect(ServiceGroup services, Endpoint endpoint) throws Exception {
    ManagedChannel channel = GrpcChannels.connect(endpoint);
    services.start("channel to " + endpoint, () -> (AutoCloseable) () -> shutDown(channel));
    return channel;
  }

  /** Lets go out what was sent. */
  private static void shutDown(ManagedChannel channel) throws InterruptedException {
    channel.shutdown();
    if (!channel.awaitTermination(FLUSH_SECONDS, TimeUnit.SECONDS)) {
      channel.shutdownNow();
    }
  }

  /**
   * Takes no more work, hands back what has not started, lets what runs end within the grace, and
   * hands back the rest. Returns when that is done; {@link #close} is still to be called.
   */
  public void drain(Duration grace) throws InterruptedException {
    agent.drain(grace);
  }

  /** Stops now: hands back what runs, then disconnects. */
  @Override
  public void close() {
    services.close();
  }
}
