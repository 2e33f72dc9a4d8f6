package build.sparrow.cli;

import build.sparrow.cli.Roles.RunningServer;
import build.sparrow.service.Endpoint;
import build.sparrow.service.ServiceGroup;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one frontend of a farm in a process of its own. */
@Command(
    name = "frontend",
    mixinStandardHelpOptions = true,
    description = "Run only one frontend of a farm. Prints its endpoint once it serves.")
final class FrontendCommand implements Callable<Integer> {
  private final Roles roles;
  private final Supplier<StopSignal> signals;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ProcessOptions options = new ProcessOptions();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8980",
      description = "Port on 127.0.0.1; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "frontend-0",
      description = "The frontend's name, unlike that of any other. Default: ${DEFAULT-VALUE}.")
  private String name = "frontend-0";

  @Option(
      names = "--shard",
      paramLabel = "HOST:PORT",
      required = true,
      converter = Commands.EndpointConverter.class,
      description = "Where the storage answers.")
  private Endpoint shard = Endpoint.loopback(0);

  FrontendCommand(Roles roles, Supplier<StopSignal> signals) {
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
    try (ServiceGroup group = new ServiceGroup(terminal)) {
      options.startMetrics(group, terminal);
      RunningServer frontend =
          group.start(name, () -> roles.startFrontend(blueprint.frontend(name, listen, shard)));
      terminal.result("Endpoint: " + frontend.endpoint().uri());
      stop.await();
    }
    return 0;
  }
}
