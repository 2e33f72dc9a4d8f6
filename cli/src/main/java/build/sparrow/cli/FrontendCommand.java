package build.sparrow.cli;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.cli.Roles.RunningServer;
import build.sparrow.frontend.Peering;
import build.sparrow.service.Endpoint;
import build.sparrow.service.ServiceGroup;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
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
    description = {
      "Run only one frontend of a farm. Prints its endpoint once it serves.",
      "",
      "It listens on port 8980 of 127.0.0.1 unless told otherwise. On SIGTERM with"
          + " --metrics-listen it first says on /readyz that it is not ready, then sends new calls"
          + " elsewhere, lets clients see the end of what they follow for up to 15 s, and exits"
          + " with 0."
    })
final class FrontendCommand implements Callable<Integer> {
  private static final int DEFAULT_PORT = 8980;

  /** With the time that it is unready, and that of closing, well below a pod's 30 s. */
  private static final Duration RETIREMENT = Duration.ofSeconds(15);

  private final Roles roles;
  private final Supplier<StopSignal> signals;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ProcessOptions options = new ProcessOptions();
  @Mixin private StorageOptions storageOptions = new StorageOptions();
  @Mixin private ListenOptions listenOptions = new ListenOptions();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "frontend-0",
      description = "The frontend's name, unlike that of any other. Default: ${DEFAULT-VALUE}.")
  private String name = "frontend-0";

  @Option(
      names = "--address",
      paramLabel = "HOST",
      description =
          "Where other frontends of the farm reach this one: an IP address of this machine.")
  private @Nullable String address;

  @Option(
      names = "--peers",
      paramLabel = "HOST:PORT",
      converter = Commands.EndpointConverter.class,
      description =
          "A name each of whose addresses is a frontend of the farm. An action is then executed by"
              + " one of them, whichever is asked for it. Goes with --address.")
  private @Nullable Endpoint peers;

  @Option(names = "--action-log", paramLabel = "FILE", description = UpCommand.ACTION_LOG)
  private @Nullable Path actionLog;

  @Option(
      names = "--unready-seconds",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description =
          "On SIGTERM with --metrics-listen, say for so long that it is not ready before new calls"
              + " are sent elsewhere. Default: ${DEFAULT-VALUE}.")
  private int unreadySeconds;

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
    Endpoint listen = listenOptions.endpoint().orElse(Endpoint.loopback(DEFAULT_PORT));
    Peering peering = peering(listen);
    Placement storage = storageOptions.placement(options.farm().getSpec());
    RoleHealth health = new RoleHealth();
    StopSignal stop = signals.get();
    try (ServiceGroup group = new ServiceGroup(terminal)) {
      options.startMetrics(group, terminal, health);
      RunningServer frontend =
          group.start(
              name,
              () ->
                  roles.startFrontend(
                      blueprint.frontend(name, listen, storage, peering, actionLog)));
      health.running(frontend);
      terminal.result("Endpoint: " + frontend.endpoint().uri());
      stop.await();
      health.stopping();
      if (options.isWatched()) {
        // Until every proxy has heard of it, new calls still come here, and are served.
        Thread.sleep(Duration.ofSeconds(unreadySeconds));
        frontend.retire(RETIREMENT);
      }
    }
    return 0;
  }

  private Peering peering(Endpoint listen) throws CommandFailure {
    if (peers == null && address == null) {
      return Peering.ALONE;
    }
    if (peers == null || address == null) {
      throw new CommandFailure(
          "--peers and --address go together; give %s, too"
              .formatted(peers == null ? "--peers" : "--address"));
    }
    return Peering.behind(new Endpoint(canonical(address), listen.port()), peers);
  }

  /** As a look-up shows it, so that the frontend knows itself among the others. */
  private static String canonical(String address) throws CommandFailure {
    try {
      return InetAddress.ofLiteral(address).getHostAddress();
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          "--address is %s, which is no IP address; give the one at which other frontends reach this one"
              .formatted(address));
    }
  }
}
