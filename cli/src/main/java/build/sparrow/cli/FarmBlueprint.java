package build.sparrow.cli;

import build.sparrow.cas.CasConfig;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.cas.replica.member.Membership;
import build.sparrow.cas.tier.TierConfig;
import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.crds.FrontendSpec;
import build.sparrow.crds.PoolSpec;
import build.sparrow.crds.SandboxSpec;
import build.sparrow.crds.SchedulerSpec;
import build.sparrow.crds.SchedulingSpec;
import build.sparrow.crds.TierSpec;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.executor.SandboxConfig;
import build.sparrow.frontend.FrontendConfig;
import build.sparrow.frontend.FrontendLimits;
import build.sparrow.frontend.Peering;
import build.sparrow.frontend.PoolDeclaration;
import build.sparrow.frontend.SchedulingPolicy;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.scheduling.Amount;
import build.sparrow.scheduling.PropertyMatch;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.owner.LossBudgets;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import io.fabric8.kubernetes.api.model.Quantity;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says what each process of a farm needs to know: a pure function of the farm's spec and of the
 * machine it runs on.
 *
 * @param poolRoots per pool: the directory that its actions see as {@code /}, in place of the one
 *     that the spec names
 * @param processors that this machine has
 */
record FarmBlueprint(BuildFarmSpec spec, Map<String, Path> poolRoots, int processors) {
  // The rest is for the file system's own, the action cache, and what is being written.
  private static final int BLOBS_PERCENT_OF_DISK = 90;

  /** Checks the pools that are named beside the spec. */
  static FarmBlueprint of(BuildFarmSpec spec, Map<String, Path> poolRoots, int processors)
      throws CommandFailure {
    FarmBlueprint blueprint = new FarmBlueprint(spec, Map.copyOf(poolRoots), processors);
    for (String name : poolRoots.keySet()) {
      if (blueprint.pool(name).sandbox().type() != SandboxSpec.Type.BUBBLEWRAP) {
        throw new CommandFailure(
            "Pool %s has no sandbox, so it has no root directory; drop --pool-root %s=… or give it"
                    .formatted(name, name)
                + " sandbox: {type: Bubblewrap}");
      }
    }
    return blueprint;
  }

  /** The pool of that name. */
  PoolSpec pool(String name) throws CommandFailure {
    return spec.executorPools().stream()
        .filter(pool -> pool.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailure(
                    "The farm has no pool %s; it has %s".formatted(name, poolNames())));
  }

  private String poolNames() {
    List<String> names = spec.executorPools().stream().map(PoolSpec::name).toList();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  /**
   * A shard.
   *
   * @param membership what it knows of the others; null if it is the only one
   */
  CasConfig shard(Endpoint listen, Path dataDirectory, @Nullable Membership membership) {
    long disk = size(spec.storage().volume().size()).bytes();
    return new CasConfig(
            listen,
            dataDirectory,
            new DataSize(disk / 100 * BLOBS_PERCENT_OF_DISK),
            lease(),
            membership)
        .with(tier(spec.storage().tier()));
  }

  private static @Nullable TierConfig tier(@Nullable TierSpec tier) {
    if (tier == null) {
      return null;
    }
    TierSpec.S3 s3 = tier.s3();
    URI endpoint = s3.endpoint() == null ? null : URI.create(s3.endpoint());
    return new TierConfig(s3.bucket(), endpoint, s3.region(), s3.prefix());
  }

  FrontendConfig frontend(
      String name, Endpoint listen, Placement storage, Peering peering, @Nullable Path actionLog) {
    FrontendSpec.Limits limits = spec.frontend().limits();
    return new FrontendConfig(
        listen,
        name,
        storage,
        spec.executorPools().stream().map(FarmBlueprint::declaration).toList(),
        new FrontendLimits(
            size(limits.maxBatchBytes()),
            Duration.ofSeconds(limits.defaultActionTimeoutSeconds()),
            Duration.ofSeconds(limits.maxActionTimeoutSeconds()),
            limits.maxQueuedActions(),
            limits.maxInputEntries()),
        scheduling(),
        lease(),
        FrontendConfig.DEFAULT_PROGRESS_INTERVAL,
        peering,
        actionLog);
  }

  private SchedulingPolicy scheduling() {
    SchedulerSpec.Attempts attempts = spec.scheduler().attempts();
    return new SchedulingPolicy(
        properties(),
        spec.scheduler().tenants().stream()
            .collect(
                Collectors.toMap(SchedulerSpec.Tenant::instanceName, SchedulerSpec.Tenant::weight)),
        new LossBudgets(
            attempts.infrastructure(),
            attempts.outOfMemory(),
            attempts.poisonExecutors(),
            spec.scheduler().preemptionsBeforeOnDemand()));
  }

  private PropertyRules properties() {
    Map<String, PropertyMatch> byName = new HashMap<>();
    Map<String, Long> unasked = new HashMap<>();
    for (SchedulerSpec.PropertyRule rule : spec.scheduler().platformProperties()) {
      byName.put(rule.name(), match(rule.match()));
      if (rule.defaultAmount() != null) {
        Amount.parse(rule.defaultAmount())
            .ifPresent(thousandths -> unasked.put(rule.name(), thousandths));
      }
    }
    return new PropertyRules(byName, unasked);
  }

  private static PropertyMatch match(SchedulerSpec.Match match) {
    return switch (match) {
      case EXACT -> PropertyMatch.EXACT;
      case MINIMUM -> PropertyMatch.MINIMUM;
      case ANY -> PropertyMatch.ANY;
      case IGNORE -> PropertyMatch.IGNORE;
    };
  }

  private static PoolDeclaration declaration(PoolSpec pool) {
    return new PoolDeclaration(
        pool.name(),
        platform(pool),
        pool.scheduling().capacityType() == SchedulingSpec.CapacityType.ON_DEMAND,
        pool.autoscaling().mode() != AutoscalingSpec.Mode.DISABLED);
  }

  /**
   * Every executor of a farm on this one machine.
   *
   * @param farmDirectory of the whole farm, of which an action sees nothing but its own part
   */
  List<ExecutorConfig> executors(List<Endpoint> frontends, Placement storage, Path farmDirectory) {
    Path directory = farmDirectory.resolve("executors");
    List<ExecutorConfig> executors = new ArrayList<>();
    for (PoolSpec pool : spec.executorPools()) {
      for (int i = 0; i < replicas(pool); i++) {
        String name = pool.name() + "-" + i;
        executors.add(
            executor(
                pool,
                name,
                sharedSlots(pool),
                frontends,
                null,
                storage,
                directory.resolve(name),
                List.of(farmDirectory)));
      }
    }
    return executors;
  }

  /**
   * An executor that has this machine for itself.
   *
   * @throws CommandFailure if the farm has no such pool
   */
  ExecutorConfig executor(
      String pool,
      String name,
      List<Endpoint> frontends,
      @Nullable Endpoint frontendService,
      Placement storage,
      Path directory)
      throws CommandFailure {
    PoolSpec spec = pool(pool);
    int slots = spec.slots() == null ? processors : spec.slots();
    return executor(spec, name, slots, frontends, frontendService, storage, directory, List.of());
  }

  private ExecutorConfig executor(
      PoolSpec pool,
      String name,
      int slots,
      List<Endpoint> frontends,
      @Nullable Endpoint frontendService,
      Placement storage,
      Path directory,
      List<Path> hidden) {
    return new ExecutorConfig(
        name,
        pool.name(),
        platform(pool),
        slots,
        frontends,
        frontendService,
        storage,
        directory,
        size(pool.inputCache().sizeLimit()),
        sandbox(pool, hidden),
        Duration.ofSeconds(pool.disruption().drainTimeoutSeconds()));
  }

  /** The slots of one executor where all executors of the farm share this machine. */
  private int sharedSlots(PoolSpec pool) {
    if (pool.slots() != null) {
      return pool.slots();
    }
    int sharing =
        spec.executorPools().stream()
            .filter(other -> other.slots() == null)
            .mapToInt(FarmBlueprint::replicas)
            .sum();
    return Math.max(1, processors / sharing);
  }

  /** How many executors the pool has on one machine, where nobody scales it. */
  private static int replicas(PoolSpec pool) {
    AutoscalingSpec autoscaling = pool.autoscaling();
    return autoscaling.mode() == AutoscalingSpec.Mode.DISABLED
        ? pool.replicas()
        : Math.max(1, autoscaling.minReplicas());
  }

  private SandboxConfig sandbox(PoolSpec pool, List<Path> hidden) {
    return switch (pool.sandbox().type()) {
      case BUBBLEWRAP ->
          new SandboxConfig.Bubblewrap(
              poolRoots
                  .getOrDefault(pool.name(), Path.of(pool.sandbox().rootDirectoryOrDefault()))
                  .toAbsolutePath()
                  .normalize(),
              hidden);
      case NONE -> new SandboxConfig.None();
    };
  }

  private Duration lease() {
    return Duration.ofSeconds(spec.storage().eviction().leaseSeconds());
  }

  private static PlatformKey platform(PoolSpec pool) {
    return new PlatformKey(
        pool.platform().stream()
            .map(property -> new PlatformKey.Property(property.name(), property.value()))
            .toList());
  }

  private static DataSize size(Quantity quantity) {
    return DataSize.parse(quantity.toString());
  }
}
