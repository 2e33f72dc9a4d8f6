package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ExecutionStage;
import build.sparrow.farm.v1.DrainRequest;
import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.FarmGrpc;
import build.sparrow.farm.v1.FarmGrpc.FarmBlockingStub;
import build.sparrow.farm.v1.InspectRequest;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.InspectStorageRequest;
import build.sparrow.farm.v1.InspectStorageResponse;
import build.sparrow.farm.v1.LossClass;
import build.sparrow.farm.v1.ReportLossRequest;
import build.sparrow.farm.v1.ShardStatus;
import build.sparrow.farm.v1.WatchRequest;
import build.sparrow.farm.v1.WhyRequest;
import build.sparrow.farm.v1.WhyResponse;
import build.sparrow.scheduling.owner.LossBudgets;
import build.sparrow.scheduling.v1.FrontendMessage;
import com.google.protobuf.util.Timestamps;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people and the operator are told. */
@SuppressWarnings("NullAway.Init")
final class FarmServiceTest {
  @TempDir private Path directory;
  private LoopbackFarm farm;
  private FarmBlockingStub service;

  @BeforeEach
  void startFarm() throws Exception {
    // No loss is forgiven, so that a test sees whether one was charged.
    farm =
        LoopbackFarm.start(
            directory,
            config -> LoopbackFarm.withBudgets(config, new LossBudgets(0, 0, 2, 3)),
            LoopbackFarm.TIMES);
    service = FarmGrpc.newBlockingStub(farm.channel());
  }

  @AfterEach
  void stopFarm() {
    farm.close();
  }

  @Test
  void theShardsAreAskedHowTheyStand_andASilentOneIsNamed() throws Exception {
    ShardStatus serving = inspectStorage();
    farm.stopShard();
    ShardStatus silent = inspectStorage();

    assertThat(serving.getReport().getBlobs().getCapacityBytes()).isPositive();
    assertThat(serving.getReport().hasRepair()).as("it is the only one").isFalse();
    assertThat(serving.getFailure()).isEmpty();
    assertThat(silent.getShard()).isEqualTo(serving.getShard());
    assertThat(silent.hasReport()).isFalse();
    assertThat(silent.getFailure()).isIn("UNAVAILABLE", "DEADLINE_EXCEEDED");
  }

  private ShardStatus inspectStorage() {
    InspectStorageResponse storage =
        service.inspectStorage(InspectStorageRequest.getDefaultInstance());
    assertThat(storage.getCopies()).isEqualTo(1);
    assertThat(storage.getShardsList()).hasSize(1);
    return storage.getShards(0);
  }

  private WhyResponse why(String operation) {
    return service.why(WhyRequest.newBuilder().setOperation(operation).build());
  }

  @Test
  void inspectShowsPoolsExecutorsAndQueues() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var running = farm.execute(action("1"));
    executor.accept();
    String name = running.until(ExecutionStage.Value.EXECUTING).getName();
    farm.execute(action("2").platform("OSFamily", "linux")).until(ExecutionStage.Value.QUEUED);

    InspectResponse farmNow = service.inspect(InspectRequest.getDefaultInstance());

    assertThat(farmNow.getFrontend()).isEqualTo("frontend-0");
    assertThat(farmNow.getEpoch()).matches("[0-9a-f]{16}");
    assertThat(farmNow.getPoolsList())
        .filteredOn(pool -> pool.getName().equals("linux"))
        .singleElement()
        .satisfies(
            pool -> {
              assertThat(pool.getExecutors()).isEqualTo(1);
              assertThat(pool.getSlots()).isEqualTo(1);
              assertThat(pool.getBusySlots()).isEqualTo(1);
              assertThat(pool.getQueuedActions()).isEqualTo(1);
            });
    assertThat(farmNow.getExecutorsList())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getName()).isEqualTo("a");
              assertThat(it.getPool()).isEqualTo("linux");
              assertThat(it.getState()).isEqualTo(ExecutorStatus.State.READY);
              assertThat(it.getRunningOperationsList()).containsExactly(name);
            });
    assertThat(farmNow.getQueuesList())
        .singleElement()
        .satisfies(
            queue -> {
              assertThat(queue.getPlatform()).isEqualTo("OSFamily=linux");
              assertThat(queue.getQueuedActions()).isEqualTo(1);
            });
  }

  @Test
  void watchTellsAtOnce_afterAChange_andIsSentAwayWhenTheFrontendStops() throws Exception {
    var news = service.withDeadlineAfter(30, SECONDS).watch(WatchRequest.getDefaultInstance());
    assertThat(news.next().getExecutorsList()).isEmpty();

    farm.idleExecutor("a");
    InspectResponse joined = news.next();

    assertThat(joined.getExecutorsList()).extracting(it -> it.getName()).containsExactly("a");
    assertThat(joined.getFrontend()).isEqualTo("frontend-0");
    farm.stopFrontend();
    assertThatThrownBy(() -> news.forEachRemaining(more -> {}))
        .hasMessage("UNAVAILABLE: this frontend stops; watch another");
  }

  @Test
  void whyExplainsEachStage() throws Exception {
    var operation = farm.execute(action().platform("OSFamily", "linux"));
    String name = operation.until(ExecutionStage.Value.QUEUED).getName();

    WhyResponse homeless = why(name);
    assertThat(homeless.getStage()).isEqualTo("QUEUED");
    assertThat(homeless.getExplanation())
        .startsWith("No connected executor has the platform OSFamily=linux");
    assertThat(Timestamps.toMillis(homeless.getQueuedSince()))
        .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());

    ScriptedExecutor executor = farm.idleExecutor("a");
    var offer = executor.accept();
    operation.until(ExecutionStage.Value.EXECUTING);
    WhyResponse busy = why(name);
    assertThat(busy.getStage()).isEqualTo("EXECUTING");
    assertThat(busy.getExecutor()).isEqualTo("a");
    assertThat(busy.getAttempts()).isEqualTo(1);
    assertThat(busy.getExplanation()).startsWith("On executor a");

    executor.succeed(offer.getAttempt());
    operation.response();
    assertThat(why(name).getStage()).isEqualTo("COMPLETED");
  }

  @Test
  void whyKnowsTheNamesOfMergedOperations() throws Exception {
    farm.execute(action()).until(ExecutionStage.Value.QUEUED);
    String merged = farm.execute(action()).until(ExecutionStage.Value.QUEUED).getName();

    assertThat(why(merged).getQueuePosition()).isEqualTo(1);
  }

  @Test
  void whatIsUnknownIsNotFound() {
    assertThatThrownBy(() -> why("x")).hasMessageContaining("NOT_FOUND");
    assertThatThrownBy(() -> why("")).hasMessageContaining("INVALID_ARGUMENT");
    assertThatThrownBy(() -> drain("x")).hasMessageContaining("NOT_FOUND");
    assertThatThrownBy(
            () -> service.reportLoss(ReportLossRequest.newBuilder().setExecutor("x").build()))
        .hasMessageContaining("INVALID_ARGUMENT");
    assertThatThrownBy(
            () ->
                service.reportLoss(
                    ReportLossRequest.newBuilder().setLoss(LossClass.PREEMPTED).build()))
        .hasMessageContaining("INVALID_ARGUMENT");
  }

  private int drain(String executor) {
    return service
        .drain(DrainRequest.newBuilder().setExecutor(executor).build())
        .getRunningAttempts();
  }

  @Test
  void drainedExecutorGetsNoMoreWork() throws Exception {
    ScriptedExecutor leaving = ScriptedExecutor.idle(farm.channel(), "leaving", 2);
    farm.execute(action("1")).next();
    leaving.accept();

    assertThat(drain("leaving")).isEqualTo(1);

    leaving.expect(FrontendMessage.MessageCase.DRAIN);
    ScriptedExecutor staying = farm.idleExecutor("staying");
    farm.execute(action("2"));
    staying.accept();
    assertThat(
            service.inspect(InspectRequest.getDefaultInstance()).getExecutorsList().stream()
                .filter(it -> it.getName().equals("leaving"))
                .map(ExecutorStatus::getState))
        .containsExactly(ExecutorStatus.State.DRAINING);
  }

  @Test
  void preemptionIsNotChargedToTheAction() throws Exception {
    ScriptedExecutor spot = farm.idleExecutor("spot");
    var operation = farm.execute(action());
    spot.accept();
    operation.until(ExecutionStage.Value.EXECUTING);

    var _ =
        service.reportLoss(
            ReportLossRequest.newBuilder()
                .setExecutor("spot")
                .setLoss(LossClass.PREEMPTED)
                .build());
    spot.vanish();
    operation.until(ExecutionStage.Value.QUEUED);
    farm.idleExecutor("other").runNext();

    assertThat(operation.response().getStatus().getCode()).isZero();
  }
}
