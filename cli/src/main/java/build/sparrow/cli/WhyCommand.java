package build.sparrow.cli;

import build.sparrow.farm.v1.WhyResponse;
import build.sparrow.service.Endpoint;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Explains where an operation is and what it waits for. */
@Command(
    name = "why",
    mixinStandardHelpOptions = true,
    description = "Explain why an operation is where it is.")
final class WhyCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private FarmEndpointOptions farm = new FarmEndpointOptions();

  @Parameters(
      paramLabel = "OPERATION",
      description = "The operation's name, as sparrow status or Bazel's --execution_log shows it.")
  private String operation = "";

  @Override
  public Integer call() throws CommandFailure {
    Terminal terminal = Commands.terminal(spec);
    @Nullable CommandFailure unknown = null;
    for (Endpoint endpoint : farm.endpoints()) {
      try (FarmClient client = new FarmClient(endpoint)) {
        terminal.result(text(client.why(operation)));
        return 0;
      } catch (CommandFailure e) {
        unknown = e; // Another frontend may own it.
      }
    }
    throw unknown == null ? new CommandFailure("Name a frontend with --endpoint") : unknown;
  }

  private static String text(WhyResponse why) {
    StringBuilder text =
        new StringBuilder(why.getStage()).append(": ").append(why.getExplanation());
    if (why.getQueuePosition() > 0) {
      text.append("\nPosition in its queue: ").append(why.getQueuePosition());
    }
    if (!why.getExecutor().isEmpty()) {
      text.append("\nExecutor: ").append(why.getExecutor());
    }
    return text.append("\nAttempts: ").append(why.getAttempts()).toString();
  }
}
