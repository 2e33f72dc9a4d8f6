package build.sparrow.cli;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.service.Endpoint;
import build.sparrow.service.ServiceGroup;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one executor of a farm in a process of its own. */
@Command(
    name = "executor",
    mixinStandardHelpOptions = true,
    description = {
      "Run only one executor of a farm. Says when it is ready to take work.",
      "",
      "SIGTERM or Ctrl-C drains it: it takes no more work, finishes what it can within the pool's"
          + " drainTimeoutSeconds, hands back the rest and exits with 0."
    })
final class ExecutorCommand implements Callable<Integer> {
  private final Roles roles;
  private final Supplier<StopSignal> signals;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ProcessOptions options = new ProcessOptions();
  @Mixin private StorageOptions storageOptions = new StorageOptions();

  @Option(
      names = "--pool",
      paramLabel = "POOL",
      required = true,
      description = "The executor's pool, one of the YAML.")
  private String pool = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      required = true,
      description = "The executor's name, unlike that of any other, as linux-0.")
  private String name = "";

  @Option(
      names = "--frontend",
      paramLabel = "HOST:PORT",
      converter = Commands.EndpointConverter.class,
      description = "Where a frontend answers; once for each of the farm's frontends.")
  private List<Endpoint> frontends = List.of();

  @Option(
      names = "--frontend-service",
      paramLabel = "HOST:PORT",
      converter = Commands.EndpointConverter.class,
      description =
          "A DNS name each of whose addresses is a frontend, as a headless Service has it, and"
              + " their port. It is looked up each second.")
  private @Nullable Endpoint frontendService;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      required = true,
      description = "Where actions run and their input files are cached.")
  private Path dataDirectory = Path.of(".");

  @Option(
      names = "--pool-root",
      paramLabel = "POOL=DIR",
      description = "What the actions of a pool see as /, in place of its sandbox.rootDirectory.")
  private Map<String, Path> poolRoots = new LinkedHashMap<>();

  ExecutorCommand(Roles roles, Supplier<StopSignal> signals) {
    this.roles = roles;
    this.signals = signals;
  }

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Commands.terminal(spec);
    FarmBlueprint blueprint =
        FarmBlueprint.of(
            options.farm().getSpec(), poolRoots, Runtime.getRuntime().availableProcessors());
    if (frontends.isEmpty() && frontendService == null) {
      throw new CommandFailure(
          "Name the farm's frontends with --frontend, or what finds them with --frontend-service");
    }
    Placement storage = storageOptions.placement(options.farm().getSpec());
    RoleHealth health = new RoleHealth();
    StopSignal stop = signals.get();
    try (DataDirectory data = DataDirectory.open(dataDirectory);
        ServiceGroup group = new ServiceGroup(terminal)) {
      List<ExecutorConfig> one =
          List.of(blueprint.executor(pool, name, frontends, frontendService, storage, data.path()));
      options.startMetrics(group, terminal, health);
      ExecutorFleet executor =
          group.start(name, ExecutorFleet.stopLimit(one), () -> ExecutorFleet.start(roles, one));
      health.running(executor);
      terminal.result("Ready: " + name);
      stop.await();
      health.stopping();
      terminal.progress("Draining " + name + "; Ctrl-C again ends it at once");
    }
    return 0;
  }
}
