package build.sparrow.service;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gRPC server with the limits of {@link TransportLimits}, health and reflection services, each
 * call on a virtual thread of its own. It answers health checks with SERVING from start to close.
 */
public final class GrpcServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);

  private static final int CUT_OFF_MILLIS = 200;

  private final Endpoint listen;
  private final Server server;
  private final HealthStatusManager health;
  private final ExecutorService calls;
  private final OpenCalls openCalls = new OpenCalls();
  private final Duration stopGrace;
  private volatile int port;

  private GrpcServer(Builder builder) {
    listen = builder.listen;
    stopGrace = builder.stopGrace;
    health = new HealthStatusManager();
    calls = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("call-", 0).factory());
    NettyServerBuilder netty =
        NettyServerBuilder.forAddress(new InetSocketAddress(listen.host(), listen.port()))
            .executor(calls)
            .handshakeTimeout(builder.handshakeTimeout.toNanos(), NANOSECONDS)
            .permitKeepAliveTime(builder.permittedKeepalive.toNanos(), NANOSECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(TransportLimits.SERVER_KEEPALIVE.toNanos(), NANOSECONDS)
            .maxConcurrentCallsPerConnection(TransportLimits.MAX_CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(TransportLimits.MAX_RESETS_PER_SECOND, 1)
            .maxInboundMessageSize(TransportLimits.MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(TransportLimits.MAX_METADATA_BYTES)
            .flowControlWindow(TransportLimits.FLOW_CONTROL_WINDOW_BYTES)
            .addStreamTracerFactory(ConnectionState.tracers())
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(reflectionV1Alpha());
    builder.services.forEach(netty::addService);
    // gRPC runs the interceptor that was added last first; failures are translated nearest the
    // service, so that the interceptors of a process see the status that the client gets.
    netty.intercept(new FailureTranslation());
    builder.interceptors.forEach(netty::intercept);
    netty.intercept(openCalls);
    server = netty.build();
  }

  // Older grpcurl and debuggers ask for v1alpha only.
  @SuppressWarnings("deprecation")
  private static BindableService reflectionV1Alpha() {
    return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
  }

  /** A server that will listen there; port 0 takes any free port. */
  public static Builder builder(Endpoint listen) {
    return new Builder(listen);
  }

  /**
   * Listens and serves.
   *
   * @throws IOException naming the address and what to do, if it cannot be listened on
   */
  public GrpcServer start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      calls.close();
      throw new IOException(explain(e), e);
    }
    port = server.getPort();
    log.atInfo().addKeyValue("endpoint", endpoint()).log("Listening");
    return this;
  }

  private String explain(IOException failure) {
    StringBuilder texts = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      texts.append(cause).append(' ');
    }
    String text = texts.toString().toLowerCase(Locale.ROOT);
    if (text.contains("already in use")) {
      return "Port %d of %s is in use; stop what listens there or choose another port"
          .formatted(listen.port(), listen.host());
    }
    if (text.contains("permission denied")) {
      return "Port %d of %s needs more rights; choose a port above 1023"
          .formatted(listen.port(), listen.host());
    }
    if (text.contains("unresolved") || text.contains("cannot assign requested address")) {
      return "%s is no address of this machine; listen on 127.0.0.1, 0.0.0.0 or one that is"
          .formatted(listen.host());
    }
    return "Cannot listen on %s: %s".formatted(listen, failure.getMessage());
  }

  /** The port that is listened on, once started; a free one if 0 was asked for. */
  public int port() {
    return port;
  }

  /** The host that was asked for and the {@link #port}. */
  public Endpoint endpoint() {
    return new Endpoint(listen.host(), port());
  }

  /** Answers health checks for the named service; the empty name speaks for the whole process. */
  public void setHealth(String service, boolean serving) {
    health.setStatus(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /**
   * Sends clients elsewhere with their next calls: nothing new is accepted, open calls go on.
   * {@link #close} is still to be called.
   */
  public void turnAway() {
    // Health checks that have ended complain, with a stack trace, of being ended again.
    if (!server.isShutdown()) {
      health.enterTerminalState();
      server.shutdown();
    }
  }

  /**
   * Stops in order: health checks fail, clients are told to go elsewhere, open calls may end within
   * the grace, those left are answered UNAVAILABLE. May be called more than once.
   */
  @Override
  public void close() {
    turnAway();
    boolean interrupted = false;
    try {
      if (!server.awaitTermination(stopGrace.toNanos(), NANOSECONDS)) {
        log.atInfo().addKeyValue("endpoint", endpoint()).log("Cutting off the calls still open");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    openCalls.cutOff();
    try {
      // Lets the trailers out before the connections go.
      server.awaitTermination(CUT_OFF_MILLIS, MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    server.shutdownNow();
    try {
      server.awaitTermination(1, SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    calls.shutdownNow();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a server consists of. */
  public static final class Builder {
    private final Endpoint listen;
    private final List<BindableService> services = new ArrayList<>();
    private final List<ServerInterceptor> interceptors = new ArrayList<>();
    private Duration stopGrace = Duration.ofSeconds(2);
    private Duration handshakeTimeout = TransportLimits.HANDSHAKE_TIMEOUT;
    private Duration permittedKeepalive = TransportLimits.PERMITTED_KEEPALIVE;

    private Builder(Endpoint listen) {
      this.listen = listen;
    }

    /** Serves these methods. */
    public Builder addService(BindableService service) {
      services.add(service);
      return this;
    }

    /** Passes every call through; the one added last is the outermost. */
    public Builder intercept(ServerInterceptor interceptor) {
      interceptors.add(interceptor);
      return this;
    }

    /** How long {@link GrpcServer#close} lets open calls end; 2 s by default. */
    public Builder stopGrace(Duration grace) {
      stopGrace = grace;
      return this;
    }

    Builder handshakeTimeout(Duration timeout) {
      handshakeTimeout = timeout;
      return this;
    }

    Builder permittedKeepalive(Duration pause) {
      permittedKeepalive = pause;
      return this;
    }

    public GrpcServer build() {
      return new GrpcServer(this);
    }
  }
}
