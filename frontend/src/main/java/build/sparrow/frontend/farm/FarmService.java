package build.sparrow.frontend.farm;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import build.sparrow.cas.grpc.StoreStatus;
import build.sparrow.farm.v1.DrainRequest;
import build.sparrow.farm.v1.DrainResponse;
import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.FarmGrpc;
import build.sparrow.farm.v1.GrowStorageRequest;
import build.sparrow.farm.v1.GrowStorageResponse;
import build.sparrow.farm.v1.InspectRequest;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.InspectStorageRequest;
import build.sparrow.farm.v1.InspectStorageResponse;
import build.sparrow.farm.v1.PoolStatus;
import build.sparrow.farm.v1.QueueStatus;
import build.sparrow.farm.v1.ReportLossRequest;
import build.sparrow.farm.v1.ReportLossResponse;
import build.sparrow.farm.v1.WatchRequest;
import build.sparrow.farm.v1.WhyRequest;
import build.sparrow.farm.v1.WhyResponse;
import build.sparrow.frontend.execution.Operations;
import build.sparrow.frontend.scheduling.Dispatcher;
import build.sparrow.frontend.scheduling.Scheduling;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.owner.OperationView;
import build.sparrow.scheduling.owner.OwnerSnapshot;
import build.sparrow.service.StreamGate;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/** Answers for this frontend's own scheduler. */
public final class FarmService extends FarmGrpc.FarmImplBase implements AutoCloseable {
  /** Longer than any action may take. */
  private static final Duration MAX_GRACE = Duration.ofDays(7);

  private static final Duration WATCH_PAUSE = Duration.ofMillis(200);

  private final String frontend;
  private final String epoch;
  private final Scheduling loop;
  private final Dispatcher dispatcher;
  private final Operations operations;
  private final StorageInspection storage;
  private final LongSupplier nanoTime;
  private final InstantSource wallClock;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Takes whom to ask, and both clocks, to tell people when something began. */
  public FarmService(
      String frontend,
      String epoch,
      Scheduling loop,
      Dispatcher dispatcher,
      Operations operations,
      StorageInspection storage,
      LongSupplier nanoTime,
      InstantSource wallClock) {
    this.frontend = frontend;
    this.epoch = epoch;
    this.loop = loop;
    this.dispatcher = dispatcher;
    this.operations = operations;
    this.storage = storage;
    this.nanoTime = nanoTime;
    this.wallClock = wallClock;
  }

  @Override
  public void inspect(InspectRequest request, StreamObserver<InspectResponse> responses) {
    responses.onNext(inspect());
    responses.onCompleted();
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<InspectResponse> responses) {
    StreamGate.stream(responses, this::tell);
  }

  private void tell(StreamGate<InspectResponse> gate) throws InterruptedException {
    WatchPace pace = new WatchPace();
    do {
      gate.awaitReady(); // Asked only then, so that a slow reader gets the newest.
      InspectResponse now = inspect();
      if (pace.isDue(now, nanoTime.getAsLong())) {
        gate.send(now);
      }
    } while (!closed.await(WATCH_PAUSE.toMillis(), MILLISECONDS));
    throw ReapiStatus.unavailable("this frontend stops; watch another");
  }

  private InspectResponse inspect() {
    OwnerSnapshot snapshot = loop.ask(dispatcher::snapshot);
    InspectResponse.Builder response =
        InspectResponse.newBuilder().setFrontend(frontend).setEpoch(epoch);
    snapshot.pools().forEach(pool -> response.addPools(status(pool)));
    snapshot.executors().forEach(executor -> response.addExecutors(status(executor)));
    snapshot.queues().forEach(queue -> response.addQueues(status(queue)));
    return response.build();
  }

  private static PoolStatus status(OwnerSnapshot.Pool pool) {
    PoolStatus.Builder status =
        PoolStatus.newBuilder()
            .setName(pool.name())
            .setExecutors(pool.executors())
            .setSlots(pool.slots())
            .setBusySlots(pool.busySlots())
            .setQueuedActions(pool.queuedActions());
    if (pool.queuedActions() > 0) {
      status.setOldestWait(Durations.fromNanos(pool.oldestWaitNanos()));
    }
    return status.build();
  }

  private static ExecutorStatus status(OwnerSnapshot.Executor executor) {
    ExecutorStatus.Builder status =
        ExecutorStatus.newBuilder()
            .setName(executor.id().name())
            .setIncarnation(executor.id().incarnation())
            .setPool(executor.pool())
            .setIsolationLevel(executor.isolationLevel())
            .setSlots(executor.slots())
            .setState(
                switch (executor.connection()) {
                  case READY -> ExecutorStatus.State.READY;
                  case SUSPECT -> ExecutorStatus.State.SUSPECT;
                  case DRAINING -> ExecutorStatus.State.DRAINING;
                });
    executor.operations().forEach(operation -> status.addRunningOperations(operation.value()));
    return status.build();
  }

  private static QueueStatus status(OwnerSnapshot.Queue queue) {
    return QueueStatus.newBuilder()
        .setPlatform(queue.platform().toString())
        .setOnDemandOnly(queue.onDemandOnly())
        .setQueuedActions(queue.queuedActions())
        .setOldestWait(Durations.fromNanos(queue.oldestWaitNanos()))
        .setReservations(queue.reservations())
        .build();
  }

  @Override
  public void why(WhyRequest request, StreamObserver<WhyResponse> responses) {
    String name = request.getOperation();
    if (name.isBlank()) {
      throw ReapiStatus.invalidArgument("operation is empty; give the name of an operation");
    }
    OperationId id = operations.resolve(name).orElse(new OperationId(name));
    Optional<OperationView> view = loop.ask(() -> dispatcher.view(id));
    responses.onNext(explain(view.orElseThrow(() -> unknownOperation(name))));
    responses.onCompleted();
  }

  private static StatusRuntimeException unknownOperation(String name) {
    return ReapiStatus.notFound(
        "operation %s is not known to this frontend; it may have ended, or be another frontend's"
            .formatted(ReapiStatus.quote(name)));
  }

  private WhyResponse explain(OperationView view) {
    Duration age = Duration.ofNanos(nanoTime.getAsLong() - view.queuedNanos());
    WhyResponse.Builder response =
        WhyResponse.newBuilder()
            .setStage(view.stage().name())
            .setExplanation(Explanation.of(view, age))
            .setQueuePosition(view.queuePosition())
            .setQueuedSince(before(age))
            .setAttempts(view.attempts());
    var executor = view.executor();
    if (executor != null) {
      response.setExecutor(executor.name());
    }
    return response.build();
  }

  private Timestamp before(Duration age) {
    return Timestamps.fromMillis(wallClock.millis() - age.toMillis());
  }

  @Override
  public void drain(DrainRequest request, StreamObserver<DrainResponse> responses) {
    Duration grace = request.hasGrace() ? grace(request.getGrace()) : null;
    Optional<OwnerSnapshot.Executor> executor =
        loop.ask(() -> dispatcher.drain(request.getExecutor(), grace));
    int running = executor.orElseThrow(() -> unknown(request.getExecutor())).operations().size();
    responses.onNext(DrainResponse.newBuilder().setRunningAttempts(running).build());
    responses.onCompleted();
  }

  private static Duration grace(com.google.protobuf.Duration asked) {
    if (!Durations.isValid(asked)
        || Durations.isNegative(asked)
        || asked.getSeconds() > MAX_GRACE.toSeconds()) {
      throw ReapiStatus.invalidArgument(
          "grace is %d s; give 0 to %d s, or leave it out for what the pool grants"
              .formatted(asked.getSeconds(), MAX_GRACE.toSeconds()));
    }
    return Duration.ofSeconds(asked.getSeconds(), asked.getNanos());
  }

  private static StatusRuntimeException unknown(String executor) {
    return ReapiStatus.notFound(
        "executor %s is not connected to this frontend".formatted(ReapiStatus.quote(executor)));
  }

  @Override
  public void reportLoss(ReportLossRequest request, StreamObserver<ReportLossResponse> responses) {
    if (request.getExecutor().isBlank()) {
      throw ReapiStatus.invalidArgument("executor is empty; give the name of an executor");
    }
    LossClass loss =
        switch (request.getLoss()) {
          case PREEMPTED -> LossClass.PREEMPTED;
          case INFRASTRUCTURE -> LossClass.INFRASTRUCTURE;
          case LOSS_CLASS_UNSPECIFIED, UNRECOGNIZED ->
              throw ReapiStatus.invalidArgument(
                  "loss is %s; give PREEMPTED or INFRASTRUCTURE".formatted(request.getLoss()));
        };
    loop.post(() -> dispatcher.lossNews(request.getExecutor(), loss));
    responses.onNext(ReportLossResponse.getDefaultInstance());
    responses.onCompleted();
  }

  @Override
  public void inspectStorage(
      InspectStorageRequest request, StreamObserver<InspectStorageResponse> responses) {
    StoreStatus.answer(responses, storage::report);
  }

  @Override
  public void growStorage(
      GrowStorageRequest request, StreamObserver<GrowStorageResponse> responses) {
    StoreStatus.answer(responses, () -> storage.grow(request));
  }

  /** Sends those away who watch; all else is still answered. */
  @Override
  public void close() {
    closed.countDown();
  }
}
