package build.sparrow.cli;

import build.sparrow.service.Endpoint;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes an executor out of service. */
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = "Let an executor finish what it runs and take no more work.")
final class DrainCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private FarmEndpointOptions farm = new FarmEndpointOptions();

  @Parameters(paramLabel = "EXECUTOR", description = "The executor's name, as linux-0.")
  private String executor = "";

  @Override
  public Integer call() throws CommandFailure {
    Terminal terminal = Commands.terminal(spec);
    for (Endpoint endpoint : farm.endpoints()) {
      try (FarmClient client = new FarmClient(endpoint)) {
        int running = client.drain(executor).getRunningAttempts();
        terminal.result(
            "%s takes no more work from %s; it still runs %d there"
                .formatted(executor, endpoint.uri(), running));
      }
    }
    return 0;
  }
}
