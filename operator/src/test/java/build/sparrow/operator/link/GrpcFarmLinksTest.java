package build.sparrow.operator.link;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.farm.v1.DrainRequest;
import build.sparrow.farm.v1.DrainResponse;
import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.FarmGrpc;
import build.sparrow.farm.v1.GrowStorageRequest;
import build.sparrow.farm.v1.GrowStorageResponse;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.LossClass;
import build.sparrow.farm.v1.ReportLossRequest;
import build.sparrow.farm.v1.ReportLossResponse;
import build.sparrow.farm.v1.WatchRequest;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcServer;
import build.sparrow.storage.v1.Placement;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lines to frontends that are played by the test, over real connections. */
final class GrpcFarmLinksTest {
  private static final FarmKey FARM = new FarmKey("builds", "main");

  private final AtomicLong nanoTime = new AtomicLong();
  private final GrpcFarmLinks links = new GrpcFarmLinks(nanoTime::get);
  private final BlockingQueue<FarmKey> changes = new LinkedBlockingQueue<>();
  private final List<PlayedFrontend> frontends = new ArrayList<>();

  GrpcFarmLinksTest() {
    links.onChange(changes::add);
  }

  @AfterEach
  void stop() {
    links.close();
    frontends.forEach(frontend -> frontend.server.close());
  }

  /** Knows one executor, which runs so many operations for it. */
  private static final class PlayedFrontend extends FarmGrpc.FarmImplBase {
    final GrpcServer server;
    final BlockingQueue<StreamObserver<InspectResponse>> watches = new LinkedBlockingQueue<>();
    final BlockingQueue<ReportLossRequest> losses = new LinkedBlockingQueue<>();
    private final int running;

    PlayedFrontend(Endpoint listen, int running) throws IOException {
      this.running = running;
      server = GrpcServer.builder(listen).stopGrace(Duration.ZERO).addService(this).build().start();
    }

    InspectResponse state() {
      ExecutorStatus.Builder executor =
          ExecutorStatus.newBuilder().setName("a").setState(ExecutorStatus.State.READY);
      for (int i = 0; i < running; i++) {
        executor.addRunningOperations("operation-" + i);
      }
      return InspectResponse.newBuilder().addExecutors(executor).build();
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<InspectResponse> responses) {
      responses.onNext(state());
      watches.add(responses);
    }

    @Override
    public void drain(DrainRequest request, StreamObserver<DrainResponse> responses) {
      if (!request.getExecutor().equals("a")) {
        responses.onError(Status.NOT_FOUND.asRuntimeException());
        return;
      }
      responses.onNext(DrainResponse.newBuilder().setRunningAttempts(running).build());
      responses.onCompleted();
    }

    @Override
    public void growStorage(
        GrowStorageRequest request, StreamObserver<GrowStorageResponse> responses) {
      if (running == 0) {
        responses.onError(Status.UNIMPLEMENTED.asRuntimeException());
        return;
      }
      Placement.Builder placement = Placement.newBuilder();
      request.getShardsList().stream().limit(3).forEach(placement::addShards);
      responses.onNext(
          GrowStorageResponse.newBuilder()
              .setPlacement(placement.setJoining(request.getShards(3)))
              .setWaiting("it fetches")
              .build());
      responses.onCompleted();
    }

    @Override
    public void reportLoss(
        ReportLossRequest request, StreamObserver<ReportLossResponse> responses) {
      losses.add(request);
      responses.onNext(ReportLossResponse.getDefaultInstance());
      responses.onCompleted();
    }
  }

  private PlayedFrontend frontend(int running) throws IOException {
    PlayedFrontend frontend = new PlayedFrontend(Endpoint.loopback(0), running);
    frontends.add(frontend);
    return frontend;
  }

  private void follow(PlayedFrontend... followed) {
    links.follow(
        FARM, Set.copyOf(List.of(followed).stream().map(it -> it.server.endpoint()).toList()));
  }

  private void awaitRunning(int answering, int running) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (links
        .view(FARM)
        .filter(view -> view.answering() == answering)
        .filter(
            view ->
                view.executors().values().stream().mapToInt(ExecutorView::running).sum() == running)
        .isEmpty()) {
      assertThat(System.nanoTime()).as("the view").isLessThan(end);
      changes.poll(50, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void viewHoldsAllThatAreFollowed_andNoOther() throws Exception {
    PlayedFrontend one = frontend(1);
    PlayedFrontend other = frontend(2);
    assertThat(links.view(FARM)).isEmpty();

    follow(one, other);
    awaitRunning(2, 3);
    follow(other);
    awaitRunning(1, 2);
    links.follow(FARM, Set.of());

    assertThat(links.view(FARM)).isEmpty();
  }

  @Test
  void watchThatEndsIsBegunAgain() throws Exception {
    PlayedFrontend frontend = frontend(1);
    follow(frontend);
    StreamObserver<InspectResponse> watch = frontend.watches.take();

    watch.onError(Status.UNAVAILABLE.asRuntimeException());

    assertThat(frontend.watches.poll(20, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void frontendThatComesBackAtItsPlaceIsFoundAgain() throws Exception {
    PlayedFrontend frontend = frontend(1);
    follow(frontend);
    awaitRunning(1, 1);
    frontend.server.close();

    frontends.add(new PlayedFrontend(frontend.server.endpoint(), 3));

    awaitRunning(1, 3);
  }

  @Test
  void whatIsSilentFor15SecondsIsNoLongerBelieved() throws Exception {
    follow(frontend(1));
    awaitRunning(1, 1);

    nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(15));
    assertThat(links.view(FARM)).isPresent();
    nanoTime.addAndGet(1);

    assertThat(links.view(FARM)).isEmpty();
  }

  @Test
  void drainAsksAllAndSums_orKnowsNothing() throws Exception {
    follow(frontend(1), frontend(2));

    assertThat(links.drain(FARM, "a", Duration.ofSeconds(30))).isEqualTo(OptionalInt.of(3));
    assertThat(links.drain(FARM, "stranger", Duration.ZERO)).isEmpty();
    assertThat(links.drain(new FarmKey("builds", "other"), "a", Duration.ZERO)).isEmpty();
  }

  @Test
  void everyFrontendHearsOfALoss() throws Exception {
    PlayedFrontend one = frontend(1);
    PlayedFrontend other = frontend(2);
    follow(one, other);

    links.reportLoss(FARM, "a", LossClass.PREEMPTED);

    ReportLossRequest news =
        ReportLossRequest.newBuilder().setExecutor("a").setLoss(LossClass.PREEMPTED).build();
    assertThat(one.losses.poll(20, TimeUnit.SECONDS)).isEqualTo(news);
    assertThat(other.losses.poll(20, TimeUnit.SECONDS)).isEqualTo(news);
  }

  @Test
  void anyFrontendThatCanHasTheStorageGrow() throws Exception {
    List<String> shards = List.of("s-0:1", "s-1:1", "s-2:1", "s-3:1");
    assertThat(links.growStorage(FARM, shards)).as("nobody is followed").isEmpty();
    follow(frontend(0));
    assertThat(links.growStorage(FARM, shards)).as("of an older version").isEmpty();

    follow(frontend(0), frontend(1));

    assertThat(links.growStorage(FARM, shards)).contains(new StorageGrowth(3, true, "it fetches"));
  }
}
