package build.sparrow.service;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Channels between the processes of a farm. A channel connects on its first call, keeps asking a
 * silent peer whether it is there, and never retries a call by itself: who calls decides that.
 */
public final class GrpcChannels {
  /** gRPC itself waits up to two minutes between attempts; a peer that restarts is back sooner. */
  private static final Duration RECONNECT_PAUSE = Duration.ofMillis(250);

  private static final Executor VIRTUAL_THREADS =
      task -> Thread.ofVirtual().name("channel").start(task);

  private GrpcChannels() {}

  /** A channel to the endpoint; the caller shuts it down. */
  public static ManagedChannel connect(Endpoint endpoint) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
            .usePlaintext()
            .executor(VIRTUAL_THREADS)
            .disableRetry()
            .keepAliveTime(TransportLimits.CLIENT_KEEPALIVE.toNanos(), NANOSECONDS)
            .keepAliveTimeout(TransportLimits.CLIENT_KEEPALIVE_TIMEOUT.toNanos(), NANOSECONDS)
            .keepAliveWithoutCalls(true)
            .maxInboundMessageSize(TransportLimits.MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(TransportLimits.MAX_METADATA_BYTES)
            .flowControlWindow(TransportLimits.FLOW_CONTROL_WINDOW_BYTES)
            .build();
    reconnectSoon(channel);
    return channel;
  }

  /** Watches the channel until it is shut down; while its peer is away, tries again and again. */
  private static void reconnectSoon(ManagedChannel channel) {
    ConnectivityState state = channel.getState(false);
    switch (state) {
      case SHUTDOWN -> {}
      case TRANSIENT_FAILURE -> VIRTUAL_THREADS.execute(() -> retryWhileFailing(channel));
      case IDLE, CONNECTING, READY ->
          channel.notifyWhenStateChanged(state, () -> reconnectSoon(channel));
    }
  }

  private static void retryWhileFailing(ManagedChannel channel) {
    try {
      while (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
        Thread.sleep(RECONNECT_PAUSE);
        channel.resetConnectBackoff();
      }
      reconnectSoon(channel);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
