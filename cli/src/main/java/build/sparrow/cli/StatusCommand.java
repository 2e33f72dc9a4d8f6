package build.sparrow.cli;

import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.service.Endpoint;
import java.util.List;
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
    subcommands = StorageStatusCommand.class,
    description = {
      "Show the pools, executors and queues of a running farm.",
      "",
      "sparrow status storage shows its storage."
    })
final class StatusCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private FarmEndpointOptions farm = new FarmEndpointOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws CommandFailure {
    Terminal terminal = Commands.terminal(spec);
    for (Endpoint endpoint : farm.endpoints()) {
      try (FarmClient client = new FarmClient(endpoint)) {
        InspectResponse answer = client.inspect();
        terminal.result(output.show(answer, StatusText::of));
      }
    }
    return 0;
  }

  /** Whom the command, or one below it, is to ask. */
  List<Endpoint> endpoints() {
    return farm.endpoints();
  }

  /** How the command, or one below it, is to answer. */
  OutputOptions output() {
    return output;
  }
}
