package build.sparrow.cli;

import build.sparrow.service.Endpoint;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Which farm a question goes to. */
final class FarmEndpointOptions {
  @Option(
      names = "--endpoint",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8980",
      scope = CommandLine.ScopeType.INHERIT,
      converter = Commands.EndpointConverter.class,
      description =
          "Where a frontend answers; once for each of the farm's frontends."
              + " Default: ${DEFAULT-VALUE}.")
  private List<Endpoint> endpoints = List.of();

  List<Endpoint> endpoints() {
    return endpoints;
  }
}
