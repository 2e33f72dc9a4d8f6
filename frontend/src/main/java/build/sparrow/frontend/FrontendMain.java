package build.sparrow.frontend;

import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.grpc.ActionCacheService;
import build.sparrow.cas.grpc.ByteStreamService;
import build.sparrow.cas.grpc.ContentAddressableStorageService;
import build.sparrow.cas.replica.client.ReplicatedStorage;
import build.sparrow.frontend.actionlog.ActionLog;
import build.sparrow.frontend.actionlog.LoggingRecorder;
import build.sparrow.frontend.admission.CheckingAdmission;
import build.sparrow.frontend.admission.MeteredAdmission;
import build.sparrow.frontend.capabilities.CapabilitiesService;
import build.sparrow.frontend.execution.CachingRecorder;
import build.sparrow.frontend.execution.CallMetadata;
import build.sparrow.frontend.execution.CompletingActionCache;
import build.sparrow.frontend.execution.ExecutionService;
import build.sparrow.frontend.execution.InlineOutputs;
import build.sparrow.frontend.execution.OperationNames;
import build.sparrow.frontend.execution.Operations;
import build.sparrow.frontend.execution.OperationsService;
import build.sparrow.frontend.execution.Priorities;
import build.sparrow.frontend.execution.Watchers;
import build.sparrow.frontend.farm.FarmService;
import build.sparrow.frontend.farm.SchedulerGauges;
import build.sparrow.frontend.farm.StorageInspection;
import build.sparrow.frontend.ownership.OwnedActionCache;
import build.sparrow.frontend.ownership.OwnedExecution;
import build.sparrow.frontend.ownership.OwnedOperations;
import build.sparrow.frontend.ownership.Peers;
import build.sparrow.frontend.ownership.Relay;
import build.sparrow.frontend.scheduling.Dispatcher;
import build.sparrow.frontend.scheduling.ExecutorStreams;
import build.sparrow.frontend.scheduling.MeteredOperations;
import build.sparrow.frontend.scheduling.ResultRecorder;
import build.sparrow.frontend.scheduling.SchedulerLoop;
import build.sparrow.frontend.scheduling.Wire;
import build.sparrow.scheduling.owner.OwnerConfig;
import build.sparrow.scheduling.owner.OwnerScheduler;
import build.sparrow.scheduling.owner.OwnerTimes;
import build.sparrow.scheduling.v1.Welcome;
import build.sparrow.service.DnsEndpoints;
import build.sparrow.service.Endpoint;
import build.sparrow.service.EndpointLookup;
import build.sparrow.service.GrpcChannels;
import build.sparrow.service.GrpcServer;
import build.sparrow.service.ServiceGroup;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/** A frontend: the endpoint that clients and executors of a farm connect to. */
public final class FrontendMain implements AutoCloseable {
  private static final int EPOCH_BYTES = 8;
  private static final LongSupplier NANO_TIME = System::nanoTime;
  private static final InstantSource WALL_CLOCK = InstantSource.system();

  private static final Duration RETIREMENT_PAUSE = Duration.ofMillis(50);

  private final ServiceGroup services;
  private final Scheduler scheduler;
  private final Peers peers;
  private final OwnedExecution execution;
  private final GrpcServer server;

  private FrontendMain(
      ServiceGroup services,
      Scheduler scheduler,
      Peers peers,
      OwnedExecution execution,
      GrpcServer server) {
    this.services = services;
    this.scheduler = scheduler;
    this.peers = peers;
    this.execution = execution;
    this.server = server;
  }

  /**
   * Starts a frontend. The storage need not be there yet; calls wait for it as long as for one that
   * restarts.
   *
   * @throws Exception naming the address if it cannot be listened on; nothing runs then
   */
  public static FrontendMain start(FrontendConfig config) throws Exception {
    return start(config, OwnerTimes.DEFAULT);
  }

  /** As {@link #start(FrontendConfig)}, with other times than those that suit real networks. */
  static FrontendMain start(FrontendConfig config, OwnerTimes times) throws Exception {
    ServiceGroup services = new ServiceGroup();
    try {
      Stores stores = startStores(config, services);
      ExecutorService background =
          services.start("background work", Executors::newVirtualThreadPerTaskExecutor);
      CheckingAdmission admission =
          services.start(
              "admission",
              () ->
                  new CheckingAdmission(
                      stores.blobs(),
                      stores.cache(),
                      config.limits().admission(),
                      config.scheduling().properties(),
                      config.lease(),
                      NANO_TIME));
      OwnerConfig owner = ownerConfig(config, times);
      Scheduler scheduler = startScheduler(config, owner, stores, background, admission, services);
      Peers peers = startPeers(config, services);
      FarmService farm = farmService(config, owner, scheduler, stores);
      OwnedExecution execution =
          new OwnedExecution(execution(peers, owner.epoch(), admission, scheduler, stores), peers);
      GrpcServer server =
          startServer(config, owner, stores, scheduler, peers, execution, farm, services);
      findPeers(config.peering(), peers, services);
      // Stopped first: whoever waits for an action, for work, or for news is sent elsewhere at
      // once.
      services.start("watches", () -> farm);
      services.start("calls that wait", () -> scheduler::sendAway);
      return new FrontendMain(services, scheduler, peers, execution, server);
    } catch (Exception e) {
      services.close();
      throw e;
    }
  }

  /**
   * The storage, seen from here. A client that reads a large blob slowly holds up the connection it
   * comes by; what is asked for admission must not wait behind it.
   *
   * @param transfers for what clients up- and download
   * @param blobs for all else
   * @param cache whose results are complete and valid
   * @param inspection of the shards
   */
  private record Stores(
      BlobStore transfers, BlobStore blobs, ActionCache cache, StorageInspection inspection) {}

  private static Stores startStores(FrontendConfig config, ServiceGroup services) throws Exception {
    ReplicatedStorage transfers = startStorage("transfers", config, services);
    ReplicatedStorage metadata = startStorage("metadata", config, services);
    return new Stores(
        transfers.blobs(),
        metadata.blobs(),
        metadata.results(),
        new StorageInspection(metadata, config.storage().copies()));
  }

  private static ReplicatedStorage startStorage(
      String name, FrontendConfig config, ServiceGroup services) throws Exception {
    return services.start("storage for " + name, () -> ReplicatedStorage.connect(config.storage()));
  }

  private static OwnerConfig ownerConfig(FrontendConfig config, OwnerTimes times) {
    return new OwnerConfig(
        drawEpoch(),
        config.pools().stream().map(FrontendMain::declaration).toList(),
        config.scheduling().properties(),
        config.scheduling().tenantWeights(),
        config.limits().maxQueuedActions(),
        config.scheduling().budgets(),
        times);
  }

  /** What lives on the scheduler's thread, and the doors to it. */
  private record Scheduler(
      SchedulerLoop loop, Dispatcher dispatcher, Watchers watchers, Operations operations) {
    void sendAway() {
      loop.post(
          () -> {
            watchers.dismissAll();
            dispatcher.disconnectAll();
          });
    }
  }

  private static Scheduler startScheduler(
      FrontendConfig config,
      OwnerConfig owner,
      Stores stores,
      ExecutorService background,
      CheckingAdmission admission,
      ServiceGroup services)
      throws Exception {
    Watchers watchers =
        new Watchers(
            new InlineOutputs(stores.blobs()),
            background,
            NANO_TIME,
            WALL_CLOCK,
            config.progressInterval());
    SchedulerLoop loop = new SchedulerLoop(NANO_TIME);
    Dispatcher dispatcher =
        new Dispatcher(
            new OwnerScheduler(owner),
            Welcome.newBuilder().setFrontend(config.name()).setEpoch(owner.epoch()).build(),
            NANO_TIME,
            new SplittableRandom(),
            loop,
            recorder(config, stores, background, admission, services),
            new MeteredOperations(watchers, NANO_TIME));
    loop.addTimer(dispatcher);
    loop.addTimer(watchers);
    services.start("scheduler", loop::start);
    // Executors have the settling time to announce what they hold; it begins now.
    loop.post(dispatcher::tick);
    services.start(
        "gauges", () -> SchedulerGauges.show(config.name(), () -> loop.ask(dispatcher::snapshot)));
    return new Scheduler(loop, dispatcher, watchers, new Operations(loop, dispatcher, watchers));
  }

  private static ResultRecorder recorder(
      FrontendConfig config,
      Stores stores,
      ExecutorService background,
      CheckingAdmission admission,
      ServiceGroup services)
      throws Exception {
    ResultRecorder cached =
        new CachingRecorder(stores.cache(), background, admission::inputsWentMissing);
    Path file = config.actionLog();
    return file == null
        ? cached
        : new LoggingRecorder(
            cached, services.start("action log", () -> ActionLog.open(file, stores.blobs())));
  }

  private static Peers startPeers(FrontendConfig config, ServiceGroup services) throws Exception {
    Endpoint self = config.peering().self();
    return services.start(
        "channels to other frontends",
        () -> new Peers(self == null ? config.listen() : self, GrpcChannels::connect, NANO_TIME));
  }

  private static void findPeers(Peering peering, Peers peers, ServiceGroup services)
      throws Exception {
    peers.list(peering.fixed());
    Endpoint service = peering.service();
    if (service != null) {
      services.start(
          "frontend lookup",
          () -> EndpointLookup.start(new DnsEndpoints(service), EndpointLookup.PAUSE, peers::list));
    }
  }

  private static ExecutionService execution(
      Peers peers, String epoch, CheckingAdmission admission, Scheduler scheduler, Stores stores) {
    return new ExecutionService(
        new MeteredAdmission(admission),
        new OperationNames(peers.tag(), epoch),
        scheduler.operations(),
        new InlineOutputs(stores.blobs()),
        peers::mayRunFor,
        WALL_CLOCK);
  }

  private static FarmService farmService(
      FrontendConfig config, OwnerConfig owner, Scheduler scheduler, Stores stores) {
    return new FarmService(
        config.name(),
        owner.epoch(),
        scheduler.loop(),
        scheduler.dispatcher(),
        scheduler.operations(),
        stores.inspection(),
        NANO_TIME,
        WALL_CLOCK);
  }

  private static OwnedActionCache actionCache(Stores stores, Scheduler scheduler, Peers peers) {
    var completing = new CompletingActionCache(stores.cache(), scheduler.operations());
    return new OwnedActionCache(new ActionCacheService(completing, stores.blobs()), peers);
  }

  private static GrpcServer startServer(
      FrontendConfig config,
      OwnerConfig owner,
      Stores stores,
      Scheduler scheduler,
      Peers peers,
      OwnedExecution execution,
      FarmService farm,
      ServiceGroup services)
      throws Exception {
    ByteStreamService byteStream =
        services.start("uploads", () -> new ByteStreamService(stores.transfers()));
    var capabilities =
        new CapabilitiesService(config.limits().maxBatchBytes().bytes(), Priorities.capabilities());
    return services.start(
        "server",
        () ->
            GrpcServer.builder(config.listen())
                .intercept(new CallMetadata())
                .intercept(new Relay())
                .addService(capabilities)
                .addService(actionCache(stores, scheduler, peers))
                .addService(new ContentAddressableStorageService(stores.transfers()))
                .addService(byteStream)
                .addService(execution)
                .addService(
                    new OwnedOperations(new OperationsService(scheduler.operations()), peers))
                .addService(
                    new ExecutorStreams(owner.pools(), scheduler.loop(), scheduler.dispatcher()))
                .addService(farm)
                .build()
                .start());
  }

  private static build.sparrow.scheduling.owner.PoolDeclaration declaration(PoolDeclaration pool) {
    return new build.sparrow.scheduling.owner.PoolDeclaration(
        pool.name(), Wire.platform(pool.platform()), pool.onDemand(), pool.grows());
  }

  private static String drawEpoch() {
    byte[] bits = new byte[EPOCH_BYTES];
    new SecureRandom().nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  /** Where the frontend serves. */
  public Endpoint endpoint() {
    return server.endpoint();
  }

  /** Whether this frontend drew the operation's name. */
  boolean named(String operation) {
    return operation.startsWith(peers.tag());
  }

  /** How many other frontends of the farm answer this one. */
  int reachablePeers() {
    return peers.reachable();
  }

  /** What only a restart can mend: the scheduler has stopped answering; empty while it answers. */
  public Optional<String> fault() {
    try {
      var _ = scheduler.loop().ask(scheduler.watchers()::count);
      return Optional.empty();
    } catch (CompletionException e) {
      return Optional.of("the scheduler does not answer: " + e.getCause());
    }
  }

  /**
   * Lets go of clients without hurting them: new calls go elsewhere, those that follow an operation
   * may see its end. Returns when nobody follows one any more, or after the grace; {@link #close}
   * is still to be called.
   */
  public void retire(Duration grace) throws InterruptedException {
    server.turnAway();
    long start = NANO_TIME.getAsLong();
    while ((scheduler.loop().ask(scheduler.watchers()::count) > 0 || execution.passesOn())
        && NANO_TIME.getAsLong() - start < grace.toNanos()) {
      Thread.sleep(RETIREMENT_PAUSE);
    }
  }

  /** Stops in order; clients and executors are told to go elsewhere first. */
  @Override
  public void close() {
    services.close();
  }
}
