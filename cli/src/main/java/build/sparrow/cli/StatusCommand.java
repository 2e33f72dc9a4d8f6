package build.sparrow.cli;

import build.sparrow.service.Endpoint;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what a farm does. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Show the pools, executors and queues of a running farm.")
final class StatusCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private FarmEndpointOptions farm = new FarmEndpointOptions();

  @Override
  public Integer call() throws CommandFailure {
    Terminal terminal = Commands.terminal(spec);
    for (Endpoint endpoint : farm.endpoints()) {
      try (FarmClient client = new FarmClient(endpoint)) {
        terminal.result(StatusText.of(client.inspect()));
      }
    }
    return 0;
  }
}
