package build.sparrow.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.exporter.HTTPServer;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Serves the metrics of the process, the JVM's own among them, to Prometheus over HTTP, and tells a
 * kubelet how the process stands.
 */
public final class MetricsServer implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final Endpoint listen;
  private final HTTPServer server;

  private MetricsServer(Endpoint listen, HTTPServer server) {
    this.listen = listen;
    this.server = server;
  }

  /** As {@link #start(Endpoint, ProcessHealth)}, for a process that works as soon as it runs. */
  public static MetricsServer start(Endpoint listen) throws IOException {
    return start(listen, Optional::empty);
  }

  /**
   * Listens and serves {@code /metrics}, and {@code /livez} and {@code /readyz}, which answer 200,
   * or 503 with what is wrong; port 0 takes any free port.
   *
   * @param health asked for each answer, from any thread
   * @throws IOException naming the address, if it cannot be listened on
   */
  public static MetricsServer start(Endpoint listen, ProcessHealth health) throws IOException {
    DefaultExports.initialize();
    HttpServer http;
    try {
      http = HttpServer.create(new InetSocketAddress(listen.host(), listen.port()), BACKLOG);
    } catch (IOException e) {
      throw new IOException(
          "Cannot serve metrics on %s: %s; choose another metrics port"
              .formatted(listen, e.getMessage()),
          e);
    }
    http.createContext("/livez", exchange -> answer(exchange, health.fault()));
    http.createContext("/readyz", exchange -> answer(exchange, health.obstacle()));
    HTTPServer server =
        new HTTPServer.Builder().withHttpServer(http).withDaemonThreads(true).build();
    return new MetricsServer(listen, server);
  }

  private static void answer(HttpExchange exchange, Optional<String> problem) throws IOException {
    try (exchange) {
      byte[] text = (problem.orElse("ok") + "\n").getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(problem.isPresent() ? UNAVAILABLE : OK, text.length);
      exchange.getResponseBody().write(text);
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
