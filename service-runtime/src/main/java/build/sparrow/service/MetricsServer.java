package build.sparrow.service;

import io.prometheus.client.exporter.HTTPServer;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;

/** Serves the metrics of the process, the JVM's own among them, to Prometheus over HTTP. */
public final class MetricsServer implements AutoCloseable {
  private final Endpoint listen;
  private final HTTPServer server;

  private MetricsServer(Endpoint listen, HTTPServer server) {
    this.listen = listen;
    this.server = server;
  }

  /**
   * Listens and serves {@code /metrics}; port 0 takes any free port.
   *
   * @throws IOException naming the address, if it cannot be listened on
   */
  public static MetricsServer start(Endpoint listen) throws IOException {
    DefaultExports.initialize();
    try {
      HTTPServer server =
          new HTTPServer.Builder()
              .withHostname(listen.host())
              .withPort(listen.port())
              .withDaemonThreads(true)
              .build();
      return new MetricsServer(listen, server);
    } catch (IOException e) {
      throw new IOException(
          "Cannot serve metrics on %s: %s; choose another metrics port"
              .formatted(listen, e.getMessage()),
          e);
    }
  }

  /** The port that is listened on, also when 0 was asked for. */
  public int port() {
    return server.getPort();
  }

  /** The host that was asked for and the port that is listened on. */
  public Endpoint endpoint() {
    return new Endpoint(listen.host(), port());
  }

  @Override
  public void close() {
    server.close();
  }
}
