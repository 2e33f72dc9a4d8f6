package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ExecutionStage;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.owner.LossBudgets;
import build.sparrow.scheduling.owner.OwnerTimes;
import build.sparrow.scheduling.v1.Ending;
import build.sparrow.service.DataSize;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients are told when attempts are lost, or the farm is full. */
@SuppressWarnings("NullAway.Init")
final class LossTest {
  @TempDir private Path directory;

  private LoopbackFarm start(LossBudgets budgets) throws Exception {
    return LoopbackFarm.start(
        directory, config -> LoopbackFarm.withBudgets(config, budgets), LoopbackFarm.TIMES);
  }

  private static void failNext(ScriptedExecutor executor, Ending ending, String why) {
    executor.report(
        executor.accept().getAttempt(),
        done ->
            done.setEnding(ending)
                .clearResult()
                .setStatus(Status.newBuilder().setCode(Code.INTERNAL.value()).setMessage(why)));
  }

  @Test
  void executorsThatFailAreNamed_whenTheirBudgetIsSpent() throws Exception {
    try (LoopbackFarm farm = start(new LossBudgets(1, 1, 3, 3))) {
      ScriptedExecutor first = farm.idleExecutor("first");
      var operation = farm.execute(action());
      failNext(first, Ending.EXECUTOR_FAILED, "disk is full");
      ScriptedExecutor second = farm.idleExecutor("second");
      failNext(second, Ending.EXECUTOR_FAILED, "disk is broken");

      Status status = operation.response().getStatus();

      assertThat(status.getCode()).isEqualTo(Code.INTERNAL.value());
      assertThat(status.getMessage())
          .contains("2 attempts", "first, second", "1 are forgiven", "disk is broken");
    }
  }

  @Test
  void actionThatRunsOutOfMemoryIsNotTriedForEver() throws Exception {
    try (LoopbackFarm farm = start(new LossBudgets(4, 0, 3, 3))) {
      ScriptedExecutor executor = farm.idleExecutor("small");
      var operation = farm.execute(action());
      failNext(executor, Ending.OUT_OF_MEMORY, "pool allows 4 GiB");

      Status status = operation.response().getStatus();

      // Nothing that a client would retry at once.
      assertThat(status.getCode()).isEqualTo(Code.FAILED_PRECONDITION.value());
      assertThat(status.getMessage())
          .contains("ran out of memory 1 times", "small", "pool allows 4 GiB", "more memory");
    }
  }

  @Test
  void lossOfAnExecutorIsNoNewsToTheClientButAStage() throws Exception {
    try (LoopbackFarm farm = start(LossBudgets.DEFAULT)) {
      ScriptedExecutor doomed = farm.idleExecutor("doomed");
      var operation = farm.execute(action());
      doomed.accept();
      operation.until(ExecutionStage.Value.EXECUTING);

      doomed.vanish();
      operation.until(ExecutionStage.Value.QUEUED);
      farm.idleExecutor("other").runNext();

      assertThat(operation.response().getResult().getExecutionMetadata().getWorker())
          .isEqualTo("other");
    }
  }

  @Test
  void actionsBeyondTheQueueAreShed() throws Exception {
    FrontendLimits limits =
        new FrontendLimits(
            DataSize.ofMebibytes(4), Duration.ofMinutes(1), Duration.ofMinutes(1), 1, 1000);
    try (LoopbackFarm farm =
        LoopbackFarm.start(
            directory, config -> LoopbackFarm.withLimits(config, limits), LoopbackFarm.TIMES)) {
      farm.execute(action("1")).until(ExecutionStage.Value.QUEUED);

      var failure = farm.execute(action("2")).failure();

      assertThat(failure.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      assertThat(failure.getStatus().getDescription())
          .contains("1 actions are queued", "maxQueuedActions");
    }
  }

  @Test
  void inputThatWentMissingIsNamedAndLookedForAgain() throws Exception {
    try (LoopbackFarm farm = start(LossBudgets.DEFAULT)) {
      ScriptedExecutor executor = farm.idleExecutor("a");
      ActionBuilder action = action();
      var lost = DigestFunction.SHA256.digestOf(new byte[] {1, 2, 3});

      var operation = farm.execute(action);
      executor.report(
          executor.accept().getAttempt(),
          done ->
              done.clearResult()
                  .setStatus(ReapiStatus.missingBlobsStatus(DigestFunction.SHA256, List.of(lost))));

      Status status = operation.response().getStatus();
      assertThat(status.getCode()).isEqualTo(Code.FAILED_PRECONDITION.value());
      assertThat(ReapiStatus.preconditionFailure(status))
          .satisfies(
              failure ->
                  assertThat(failure.getViolations(0).getSubject()).isEqualTo("blobs/" + lost));
    }
  }

  @Test
  void clientHearsFromAnOperationOnWhichNothingHappens() throws Exception {
    OwnerTimes times = LoopbackFarm.TIMES;
    try (LoopbackFarm farm =
        LoopbackFarm.start(
            directory,
            config -> LoopbackFarm.withProgressInterval(config, Duration.ofMillis(10)),
            times)) {
      var operation = farm.execute(action());

      var first = operation.until(ExecutionStage.Value.QUEUED);

      assertThat(operation.next()).isEqualTo(first);
      assertThat(operation.next()).isEqualTo(first);
    }
  }
}
