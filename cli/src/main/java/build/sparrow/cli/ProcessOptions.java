package build.sparrow.cli;

import build.sparrow.crds.BuildFarm;
import build.sparrow.service.Endpoint;
import build.sparrow.service.InvalidConfigurationException;
import build.sparrow.service.MetricsServer;
import build.sparrow.service.ProcessHealth;
import build.sparrow.service.ServiceGroup;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command that runs a part of a farm takes. */
final class ProcessOptions {
  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description = "The BuildFarm YAML that describes the farm.")
  private Path file = Path.of("buildfarm.yaml");

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = "Serve metrics for Prometheus on this port of 127.0.0.1; 0 takes a free one.")
  private @Nullable Integer metricsPort;

  @Option(
      names = "--metrics-listen",
      paramLabel = "HOST:PORT",
      converter = Commands.EndpointConverter.class,
      description =
          "Serve metrics there, and /livez and /readyz for a kubelet, as on 0.0.0.0:9090.")
  private @Nullable Endpoint metricsListen;

  /** The farm that is described. */
  BuildFarm farm() throws InvalidConfigurationException, CommandFailure {
    return FarmFile.read(file);
  }

  /** Whether somebody may watch from outside how the process stands. */
  boolean isWatched() {
    return metricsListen != null;
  }

  /** Serves metrics, and how the process stands, if that was asked for. */
  void startMetrics(ServiceGroup group, Terminal terminal, ProcessHealth health) throws Exception {
    Endpoint listen =
        metricsPort == null
            ? metricsListen
            : Endpoint.loopback(checkPort("--metrics-port", metricsPort));
    if (metricsPort != null && metricsListen != null) {
      throw new CommandFailure(
          "--metrics-port is %d and --metrics-listen is %s; give one of them"
              .formatted(metricsPort, metricsListen));
    }
    if (listen != null) {
      MetricsServer server = group.start("metrics", () -> MetricsServer.start(listen, health));
      terminal.progress("Metrics: http://" + server.endpoint() + "/metrics");
    }
  }

  /** The port, if it is one. */
  static int checkPort(String option, int port) throws CommandFailure {
    if (port < 0 || port > 65_535) {
      throw new CommandFailure("%s is %d; give 0 to 65535".formatted(option, port));
    }
    return port;
  }
}
