package build.sparrow.cli;

import build.sparrow.cli.Roles.RunningServer;
import build.sparrow.service.Endpoint;
import build.sparrow.service.ServiceGroup;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the storage of a farm in a process of its own. */
@Command(
    name = "shard",
    mixinStandardHelpOptions = true,
    description = "Run only the storage of a farm. Prints its endpoint once it serves.")
final class ShardCommand implements Callable<Integer> {
  private final Roles roles;
  private final Supplier<StopSignal> signals;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ProcessOptions options = new ProcessOptions();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      required = true,
      description = "Port on 127.0.0.1; 0 takes a free one.")
  private int port;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      required = true,
      description = "Where blobs and results are kept.")
  private Path dataDirectory = Path.of(".");

  ShardCommand(Roles roles, Supplier<StopSignal> signals) {
    this.roles = roles;
    this.signals = signals;
  }

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Commands.terminal(spec);
    FarmBlueprint blueprint =
        FarmBlueprint.of(
            options.farm().getSpec(), Map.of(), Runtime.getRuntime().availableProcessors());
    Endpoint listen = Endpoint.loopback(ProcessOptions.checkPort("--port", port));
    StopSignal stop = signals.get();
    try (DataDirectory data = DataDirectory.open(dataDirectory);
        ServiceGroup group = new ServiceGroup(terminal)) {
      options.startMetrics(group, terminal);
      RunningServer shard =
          group.start("the shard", () -> roles.startShard(blueprint.shard(listen, data.path())));
      terminal.result("Endpoint: " + shard.endpoint().uri());
      stop.await();
    }
    return 0;
  }
}
