package build.sparrow.cli;

import build.sparrow.service.Endpoint;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server listens: for this machine alone, or for others. */
final class ListenOptions {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Listen on this port of 127.0.0.1; 0 takes a free one.")
  private @Nullable Integer port;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      converter = Commands.EndpointConverter.class,
      description = "Listen there, as on 0.0.0.0:8980 for the whole network.")
  private @Nullable Endpoint listen;

  /** What was asked for; empty if nothing was. */
  Optional<Endpoint> endpoint() throws CommandFailure {
    if (port == null) {
      return Optional.ofNullable(listen);
    }
    if (listen != null) {
      throw new CommandFailure(
          "--port is %d and --listen is %s; give one of them".formatted(port, listen));
    }
    return Optional.of(Endpoint.loopback(ProcessOptions.checkPort("--port", port)));
  }
}
