package build.sparrow.cli;

import static java.util.Objects.requireNonNullElse;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.cli.Roles.RunningServer;
import build.sparrow.crds.Bazelrc;
import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.frontend.Peering;
import build.sparrow.service.Endpoint;
import build.sparrow.service.ServiceGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a whole farm in this process: one shard, its frontends, and the executors of each pool. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Run a whole farm on this machine.",
      "",
      "Prints the farm's endpoint and the lines for .bazelrc once everything runs. Ctrl-C stops"
          + " it in order, a second Ctrl-C at once.",
      "",
      "The file is the one that a cluster takes. What only a cluster has is checked and otherwise"
          + " without effect here: image, paused, resources, frontend.expose, storage.shards and"
          + " storage.replicas, as one shard is enough for one machine, the disk's class and"
          + " retention, the secret of storage.tier, whose keys are looked for where AWS's tools"
          + " do, workDir, the nodes in scheduling, autoscaling, maxUnavailable, seccompProfile,"
          + " monitoring. An autoscaled pool has its minReplicas, but at least one executor."
    })
final class UpCommand implements Callable<Integer> {
  /** Of the option, for people. */
  static final String ACTION_LOG =
      "Append a line of JSON to this file for each action that ran: its mnemonic, target, sizes,"
          + " times, and which earlier actions made its inputs. At 256 MiB it is full.";

  private final Roles roles;
  private final Supplier<StopSignal> signals;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ProcessOptions options = new ProcessOptions();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8980",
      description =
          "Port of the first frontend on 127.0.0.1, the next ones follow it; 0 takes free ones."
              + " Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Where blobs, results and the executors' files are kept. Default: sparrow/NAME below"
              + " $XDG_DATA_HOME or ~/.local/share, NAME being the farm's.")
  private @Nullable Path dataDirectory;

  @Option(
      names = "--pool-root",
      paramLabel = "POOL=DIR",
      description = "What the actions of a pool see as /, in place of its sandbox.rootDirectory.")
  private Map<String, Path> poolRoots = new LinkedHashMap<>();

  @Option(
      names = "--action-log",
      paramLabel = "FILE",
      description = ACTION_LOG + " Needs frontend.replicas 1.")
  private @Nullable Path actionLog;

  UpCommand(Roles roles, Supplier<StopSignal> signals) {
    this.roles = roles;
    this.signals = signals;
  }

  @Override
  public Integer call() throws Exception {
    Terminal terminal = Commands.terminal(spec);
    BuildFarm farm = options.farm();
    FarmBlueprint blueprint =
        FarmBlueprint.of(farm.getSpec(), poolRoots, Runtime.getRuntime().availableProcessors());
    int frontends = blueprint.spec().frontend().replicas();
    ProcessOptions.checkPort("--port", port);
    if (actionLog != null && frontends > 1) {
      throw new CommandFailure(
          "--action-log needs one frontend, but frontend.replicas is %d: each sees a part of a build"
              .formatted(frontends));
    }
    if (port != 0) {
      ProcessOptions.checkPort("The last frontend's port", port + frontends - 1);
    }
    StopSignal stop = signals.get();
    try (DataDirectory data = DataDirectory.open(dataDirectoryOf(farm));
        ServiceGroup group = new ServiceGroup(terminal)) {
      options.startMetrics(group, terminal, Optional::empty);
      start(group, blueprint, data.path(), terminal, stop);
      stop.await();
      terminal.progress("Stopping the farm; Ctrl-C again ends it at once");
    }
    terminal.progress("The farm has stopped");
    return 0;
  }

  private void start(
      ServiceGroup group, FarmBlueprint blueprint, Path data, Terminal terminal, StopSignal stop)
      throws Exception {
    RunningServer shard =
        group.start(
            "the shard",
            () ->
                roles.startShard(
                    blueprint.shard(Endpoint.loopback(0), data.resolve("shard"), null)));
    Placement storage = Placement.alone(shard.endpoint());
    List<Endpoint> places =
        IntStream.range(0, blueprint.spec().frontend().replicas())
            .mapToObj(i -> Endpoint.loopback(port == 0 ? 0 : port + i))
            .toList();
    List<Endpoint> frontends = new ArrayList<>();
    for (Endpoint listen : places) {
      String name = "frontend-" + frontends.size();
      // On free ports they do not know each other: each then runs what it is asked for.
      Peering peering = port == 0 ? Peering.ALONE : new Peering(listen, Set.copyOf(places), null);
      RunningServer frontend =
          group.start(
              name,
              () ->
                  roles.startFrontend(
                      blueprint.frontend(name, listen, storage, peering, actionLog)));
      frontends.add(frontend.endpoint());
    }
    List<ExecutorConfig> executors = blueprint.executors(frontends, storage, data);
    if (!executors.isEmpty()) {
      group.start(
          Commands.count(executors.size(), "executor"),
          ExecutorFleet.stopLimit(executors),
          () -> ExecutorFleet.start(roles, executors));
      Connections.await(frontends, executors.size(), stop);
    }
    announce(blueprint.spec(), frontends, executors, data, terminal);
  }

  private static void announce(
      BuildFarmSpec farm,
      List<Endpoint> frontends,
      List<ExecutorConfig> executors,
      Path data,
      Terminal terminal) {
    int slots = executors.stream().mapToInt(ExecutorConfig::slots).sum();
    terminal.progress(
        "The farm runs: 1 shard, %s, %s with %s; its data is in %s"
            .formatted(
                Commands.count(frontends.size(), "frontend"),
                Commands.count(executors.size(), "executor"),
                Commands.count(slots, "slot"),
                data));
    terminal.result("Endpoint: " + frontends.getFirst().uri());
    terminal.result("");
    terminal.result("# For your project's .bazelrc:");
    terminal.result(
        Bazelrc.lines(frontends.getFirst().uri(), farm.executorPools(), slots).stripTrailing());
    for (Endpoint further : frontends.subList(1, frontends.size())) {
      terminal.result("# The farm answers at " + further.uri() + ", too.");
    }
  }

  private Path dataDirectoryOf(BuildFarm farm) {
    if (dataDirectory != null) {
      return dataDirectory;
    }
    String shared = System.getenv("XDG_DATA_HOME");
    Path base =
        shared == null || shared.isEmpty()
            ? Path.of(requireNonNullElse(System.getenv("HOME"), "."), ".local", "share")
            : Path.of(shared);
    return base.resolve("sparrow").resolve(farm.getMetadata().getName());
  }
}
