package build.sparrow.cli;

import static java.util.Objects.requireNonNull;

import build.sparrow.farm.v1.InspectStorageResponse;
import build.sparrow.service.Endpoint;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows how a farm's storage stands. */
@Command(
    name = "storage",
    mixinStandardHelpOptions = true,
    description = {
      "Show each shard of a running farm's storage.",
      "",
      "The state is serving, joining (it fetches its part of what the others hold, and nobody asks"
          + " it yet), catching up (it may lack what it once acknowledged, so that its word"
          + " that something is missing does not count), read-only (its disk is full), or silent."
          + " RETENTION is how long the blob that was evicted last had not been used. OWES are"
          + " items that it took for other shards, or that those were found to lack; MOVED is what"
          + " it fetched or brought since it was started, to repair.",
      "",
      "Exit code 0 means that a frontend answered, whether all shards did or not."
    })
final class StorageStatusCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @ParentCommand private @Nullable StatusCommand status;

  @Override
  public Integer call() throws CommandFailure {
    Terminal terminal = Commands.terminal(spec);
    StatusCommand asked = requireNonNull(status, "picocli injects the parent");
    @Nullable CommandFailure silence = null;
    for (Endpoint endpoint : asked.endpoints()) {
      try (FarmClient client = new FarmClient(endpoint)) {
        InspectStorageResponse answer = client.inspectStorage();
        terminal.result(asked.output().show(answer, StorageText::of));
        return 0;
      } catch (CommandFailure e) {
        silence = e; // Any of them knows all shards.
      }
    }
    throw silence == null ? new CommandFailure("Name a frontend with --endpoint") : silence;
  }
}
