package build.sparrow.operator.link;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import build.sparrow.farm.v1.DrainRequest;
import build.sparrow.farm.v1.DrainResponse;
import build.sparrow.farm.v1.FarmGrpc;
import build.sparrow.farm.v1.GrowStorageRequest;
import build.sparrow.farm.v1.GrowStorageResponse;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.LossClass;
import build.sparrow.farm.v1.ReportLossRequest;
import build.sparrow.farm.v1.ReportLossResponse;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import com.google.protobuf.util.Durations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines by {@code sparrow.farm.v1}, one to each frontend of each farm. */
public final class GrpcFarmLinks implements FarmLinks, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GrpcFarmLinks.class);
  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);
  private static final Duration GROWTH_LIMIT = Duration.ofSeconds(5);
  private static final Duration NEWS_LIMIT = Duration.ofSeconds(10);
  private static final Duration NOTICE_PAUSE = Duration.ofMillis(200);

  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("farm-links").daemon().factory());
  private final Map<FarmKey, Map<Endpoint, FrontendLine>> farms = new ConcurrentHashMap<>();

  /** Of each farm with a notice under way; a change before it is part of it. */
  private final Set<FarmKey> noticed = ConcurrentHashMap.newKeySet();

  private final List<Consumer<FarmKey>> listeners = new CopyOnWriteArrayList<>();

  public GrpcFarmLinks(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public void follow(FarmKey farm, Set<Endpoint> frontends) {
    farms.compute(
        farm,
        (key, before) -> {
          Map<Endpoint, FrontendLine> known = before == null ? Map.of() : before;
          if (known.keySet().equals(frontends)) {
            return frontends.isEmpty() ? null : known;
          }
          Map<Endpoint, FrontendLine> now = new HashMap<>();
          for (Endpoint frontend : frontends) {
            FrontendLine line = known.get(frontend);
            now.put(frontend, line == null ? open(key, frontend) : line);
          }
          known.forEach(
              (frontend, line) -> {
                if (!now.containsKey(frontend)) {
                  line.close();
                }
              });
          notice(key);
          return now.isEmpty() ? null : Map.copyOf(now);
        });
  }

  private FrontendLine open(FarmKey farm, Endpoint frontend) {
    FrontendLine line =
        new FrontendLine(
            frontend, GrpcChannels.connect(frontend), timer, nanoTime, () -> notice(farm));
    line.open();
    return line;
  }

  private void notice(FarmKey farm) {
    if (!timer.isShutdown() && noticed.add(farm)) {
      var _ = timer.schedule(() -> tell(farm), NOTICE_PAUSE.toMillis(), MILLISECONDS);
    }
  }

  private void tell(FarmKey farm) {
    noticed.remove(farm);
    for (Consumer<FarmKey> listener : listeners) {
      try {
        listener.accept(farm);
      } catch (RuntimeException e) {
        log.atError().addKeyValue("farm", farm).setCause(e).log("News of a farm was not taken");
      }
    }
  }

  @Override
  public Optional<FarmView> view(FarmKey farm) {
    Map<Endpoint, FrontendLine> lines = farms.getOrDefault(farm, Map.of());
    List<InspectResponse> answers =
        lines.values().stream().flatMap(line -> line.newest(SILENCE).stream()).toList();
    return answers.isEmpty() ? Optional.empty() : Optional.of(MergedView.of(lines.size(), answers));
  }

  @Override
  public OptionalInt drain(FarmKey farm, String executor, Duration grace) {
    DrainRequest request =
        DrainRequest.newBuilder()
            .setExecutor(executor)
            .setGrace(Durations.fromNanos(grace.toNanos()))
            .build();
    List<Future<DrainResponse>> answers = new ArrayList<>();
    for (FrontendLine line : farms.getOrDefault(farm, Map.of()).values()) {
      answers.add(
          FarmGrpc.newFutureStub(line.channel())
              .withDeadlineAfter(DRAIN_LIMIT.toNanos(), NANOSECONDS)
              .drain(request));
    }
    int running = 0;
    boolean known = false;
    for (Future<DrainResponse> answer : answers) {
      Optional<DrainResponse> response = await(answer);
      known |= response.isPresent();
      running += response.map(DrainResponse::getRunningAttempts).orElse(0);
    }
    return known ? OptionalInt.of(running) : OptionalInt.empty();
  }

  /** Empty also if the frontend does not know the executor, which then runs nothing of it. */
  private static Optional<DrainResponse> await(Future<DrainResponse> answer) {
    try {
      // The call's own deadline ends it; the second is for its way back.
      return Optional.of(answer.get(DRAIN_LIMIT.toMillis() + 1000, MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void reportLoss(FarmKey farm, String executor, LossClass loss) {
    ReportLossRequest request =
        ReportLossRequest.newBuilder().setExecutor(executor).setLoss(loss).build();
    farms
        .getOrDefault(farm, Map.of())
        .forEach(
            (frontend, line) ->
                FarmGrpc.newStub(line.channel())
                    .withWaitForReady() // News outlives a connection that is just being made again.
                    .withDeadlineAfter(NEWS_LIMIT.toNanos(), NANOSECONDS)
                    .reportLoss(request, new Told(frontend, executor)));
  }

  @Override
  public Optional<StorageGrowth> growStorage(FarmKey farm, List<String> shards) {
    GrowStorageRequest request = GrowStorageRequest.newBuilder().addAllShards(shards).build();
    long endNanos = System.nanoTime() + GROWTH_LIMIT.toNanos();
    for (FrontendLine line : farms.getOrDefault(farm, Map.of()).values()) {
      try {
        GrowStorageResponse response =
            FarmGrpc.newBlockingStub(line.channel())
                .withDeadlineAfter(endNanos - System.nanoTime(), NANOSECONDS)
                .growStorage(request);
        return Optional.of(
            new StorageGrowth(
                response.getPlacement().getShardsCount(),
                !response.getPlacement().getJoining().isEmpty(),
                response.getWaiting()));
      } catch (StatusRuntimeException e) {
        log.atInfo()
            .addKeyValue("farm", farm)
            .addKeyValue("reason", e.getStatus())
            .log("A frontend does not say how many shards the storage has, asking another one");
      }
    }
    return Optional.empty();
  }

  private record Told(Endpoint frontend, String executor)
      implements StreamObserver<ReportLossResponse> {
    @Override
    public void onNext(ReportLossResponse response) {}

    @Override
    public void onError(Throwable failure) {
      log.atWarn()
          .addKeyValue("frontend", frontend)
          .addKeyValue("executor", executor)
          .addKeyValue("reason", Status.fromThrowable(failure))
          .log("A frontend did not hear that an executor is taken away; it will miss it by itself");
    }

    @Override
    public void onCompleted() {}
  }

  @Override
  public void onChange(Consumer<FarmKey> listener) {
    listeners.add(listener);
  }

  /** Ends all lines. */
  @Override
  public void close() {
    timer.shutdownNow();
    farms.values().forEach(lines -> lines.values().forEach(FrontendLine::close));
    farms.clear();
  }
}
