package build.sparrow.cli;

import build.sparrow.cas.StorageEngine;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.cas.replica.member.Membership;
import build.sparrow.cas.segment.Durability;
import build.sparrow.cli.Roles.RunningServer;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.service.Endpoint;
import build.sparrow.service.ServiceGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Runs the storage of a farm in a process of its own. */
@Command(
    name = "shard",
    mixinStandardHelpOptions = true,
    description = {
      "Run only one shard of a farm's storage. Prints its endpoint once it serves.",
      "",
      "If the farm has several, it must be told of all with --shard, and with --address which of"
          + " them it is. With --metrics-listen it says on /readyz that it is not ready as long as"
          + " it lacks what others hold for it, though it serves what it has."
    })
final class ShardCommand implements Callable<Integer> {
  private final Roles roles;
  private final Supplier<StopSignal> signals;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ProcessOptions options = new ProcessOptions();
  @Mixin private ListenOptions listenOptions = new ListenOptions();
  @Mixin private StorageOptions storageOptions = new StorageOptions();

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      converter = Commands.EndpointConverter.class,
      description = "Under which of the --shard this one is known.")
  private @Nullable Endpoint address;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      required = true,
      description = "Where blobs and results are kept.")
  private Path dataDirectory = Path.of(".");

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      converter = EngineConverter.class,
      description =
          "How blobs are kept: segments, or files to look at them with a shell. Default: as the"
              + " directory has them, in an empty one segments.")
  private StorageEngine engine = StorageEngine.AS_FOUND;

  @Option(
      names = "--sync-each-blob",
      description =
          "Acknowledge what was stored only when it is safe from a power cut. Default: it is so"
              + " within 50 ms.")
  private boolean syncEachBlob;

  /** An engine as people write it. */
  static final class EngineConverter implements ITypeConverter<StorageEngine> {
    @Override
    public StorageEngine convert(String value) {
      for (StorageEngine engine : List.of(StorageEngine.SEGMENTS, StorageEngine.FILES)) {
        if (engine.toString().equals(value)) {
          return engine;
        }
      }
      throw new TypeConversionException(
          "there is no engine \"%s\"; give segments or files".formatted(value));
    }
  }

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
    Endpoint listen =
        listenOptions
            .endpoint()
            .orElseThrow(() -> new CommandFailure("Name where to listen with --port or --listen"));
    Membership membership = membership(options.farm().getSpec());
    RoleHealth health = new RoleHealth();
    StopSignal stop = signals.get();
    try (DataDirectory data = DataDirectory.open(dataDirectory);
        ServiceGroup group = new ServiceGroup(terminal)) {
      options.startMetrics(group, terminal, health);
      RunningServer shard =
          group.start(
              "the shard",
              () ->
                  roles.startShard(
                      blueprint
                          .shard(listen, data.path(), membership)
                          .with(
                              engine,
                              syncEachBlob ? Durability.BEFORE_ACKNOWLEDGED : Durability.GROUPED)));
      health.running(shard);
      terminal.result("Endpoint: " + shard.endpoint().uri());
      stop.await();
      health.stopping();
    }
    return 0;
  }

  private @Nullable Membership membership(BuildFarmSpec farm) throws CommandFailure {
    if (farm.storage().shards() == 1) {
      return null;
    }
    Placement placement = storageOptions.placement(farm);
    if (address == null) {
      throw new CommandFailure(
          "The farm has %d shards; say with --address which of %s this one is"
              .formatted(farm.storage().shards(), placement.shards()));
    }
    if (!placement.shards().contains(address) && !storageOptions.mayJoin(address)) {
      throw new CommandFailure(
          "address is %s, which is none of the shards %s; give the one that is this shard"
              .formatted(address, placement.shards()));
    }
    try {
      return new Membership(address, placement);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
  }
}
