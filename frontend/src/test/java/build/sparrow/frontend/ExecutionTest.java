package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutedActionMetadata;
import build.bazel.remote.execution.v2.ExecutionStage;
import build.bazel.remote.execution.v2.OutputFile;
import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.Offer;
import com.google.longrunning.Operation;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
final class ExecutionTest {
  @TempDir private Path directory;
  private LoopbackFarm farm;

  @BeforeEach
  void startFarm() throws Exception {
    farm = LoopbackFarm.start(directory);
  }

  @AfterEach
  void stopFarm() {
    farm.close();
  }

  @Test
  void actionPassesAllStages() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");

    var operation = farm.execute(action());
    executor.runNext();

    assertThat(operation.stages())
        .containsExactly(
            ExecutionStage.Value.CACHE_CHECK,
            ExecutionStage.Value.QUEUED,
            ExecutionStage.Value.EXECUTING,
            ExecutionStage.Value.COMPLETED);
  }

  @Test
  void offerHoldsAllThatAnExecutorNeeds() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    ActionBuilder action = action().timeout(7);

    farm.execute(
        action,
        request -> {
          request.getExecutionPolicyBuilder().setPriority(-5);
          return request.setInlineStdout(true).addInlineOutputFiles("o");
        });
    Offer offer = executor.accept();

    assertThat(offer.getAction().getAction()).isEqualTo(action.build());
    assertThat(offer.getAction().getCommand().getArgumentsList()).containsExactly("true");
    assertThat(offer.getAction().getActionDigest()).isEqualTo(action.digest().toProto());
    assertThat(Durations.toSeconds(offer.getAction().getTimeout())).isEqualTo(7);
    assertThat(offer.getAction().getPriority()).isEqualTo(-5);
    assertThat(offer.getAction().getInlineStdout()).isTrue();
    assertThat(offer.getAction().getInlineStderr()).isFalse();
    assertThat(offer.getAction().getInlineOutputFilesList()).containsExactly("o");
    assertThat(offer.getAlone()).isFalse();
  }

  @Test
  void actionWithoutTimeoutGetsTheDefault() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");

    farm.execute(action());

    assertThat(Durations.toSeconds(executor.accept().getAction().getTimeout())).isEqualTo(900);
  }

  @Test
  void operationSaysWhoRunsItAndSinceWhen() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");

    var operation = farm.execute(action());
    executor.accept();

    Operation queued = operation.until(ExecutionStage.Value.QUEUED);
    Operation executing = operation.until(ExecutionStage.Value.EXECUTING);
    assertThat(queued.getName()).isEqualTo(executing.getName());
    var partial = FollowedOperation.metadataOf(executing).getPartialExecutionMetadata();
    assertThat(partial.getWorker()).isEqualTo("a");
    assertThat(Timestamps.compare(partial.getQueuedTimestamp(), partial.getWorkerStartTimestamp()))
        .isNotPositive();
    assertThat(FollowedOperation.metadataOf(executing).getDigestFunction())
        .isEqualTo(DigestFunction.SHA256.toProto());
  }

  @Test
  void resultHasTheExecutorsTimesAndTheFrontends() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var started = Timestamps.fromMillis(1_000_000);

    var operation = farm.execute(action());
    Offer offer = executor.accept();
    executor.report(
        offer.getAttempt(),
        done ->
            done.getResultBuilder().getExecutionMetadataBuilder().setWorkerStartTimestamp(started));

    ExecutedActionMetadata metadata = operation.response().getResult().getExecutionMetadata();
    assertThat(metadata.getWorker()).isEqualTo("a");
    assertThat(metadata.getWorkerStartTimestamp()).isEqualTo(started);
    assertThat(metadata.getQueuedTimestamp()).isEqualTo(offer.getAction().getQueuedTimestamp());
    assertThat(Timestamps.toMillis(metadata.getQueuedTimestamp())).isPositive();
  }

  @Test
  void secondExecuteIsAnsweredFromTheCache() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    farm.execute(action());
    executor.runNext();

    ExecuteResponse second = farm.execute(action()).response();

    assertThat(second.getCachedResult()).isTrue();
    assertThat(second.getResult().getStdoutRaw().toStringUtf8()).isEqualTo("out");
  }

  @Test
  void actionRunsAgain_whenTheCacheShallNotBeLookedUp() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    farm.execute(action());
    executor.runNext();
    executor.idleAgain(1);

    var second = farm.execute(action(), request -> request.setSkipCacheLookup(true));
    executor.runNext();

    assertThat(second.stages()).doesNotContain(ExecutionStage.Value.CACHE_CHECK);
  }

  @Test
  void failedActionShowsItsOutputAndWhereItRan() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");

    var operation = farm.execute(action());
    executor.report(
        executor.accept().getAttempt(),
        done ->
            done.setResult(
                executor
                    .result("")
                    .setExitCode(1)
                    .setStderrRaw(ByteString.copyFromUtf8("no such header"))));

    ExecuteResponse response = operation.response();
    assertThat(response.getStatus().getCode()).isZero();
    assertThat(response.getResult().getExitCode()).isEqualTo(1);
    assertThat(response.getResult().getStderrRaw().toStringUtf8()).isEqualTo("no such header");
    assertThat(response.getMessage()).contains("ran on a");
    assertThat(response.getCachedResult()).isFalse();
  }

  @Test
  void timeoutReachesTheClientWithWhatThereIs() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");

    var operation = farm.execute(action());
    executor.report(
        executor.accept().getAttempt(),
        done ->
            done.getStatusBuilder()
                .setCode(Status.Code.DEADLINE_EXCEEDED.value())
                .setMessage("action ran for more than 7 s"));

    ExecuteResponse response = operation.response();
    assertThat(response.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED.value());
    assertThat(response.getStatus().getMessage()).isEqualTo("action ran for more than 7 s");
    assertThat(response.getResult().getStdoutRaw().toStringUtf8()).isEqualTo("out");
  }

  @Test
  void outputsAreInlinedForThoseWhoAsk() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    ActionBuilder action = action();
    ByteString content = ByteString.copyFromUtf8("content");
    var digest = DigestFunction.SHA256.digestOf(content);
    farm.blobs()
        .writeAll(new BlobScope(InstanceName.ROOT, DigestFunction.SHA256), Map.of(digest, content));
    var result =
        ActionResult.newBuilder()
            .setStdoutDigest(digest.toProto())
            .setStderrDigest(digest.toProto())
            .addOutputFiles(OutputFile.newBuilder().setPath("x").setDigest(digest.toProto()))
            .addOutputFiles(OutputFile.newBuilder().setPath("y").setDigest(digest.toProto()));

    var plain = farm.execute(action);
    Offer offer = executor.accept();
    var wishful =
        farm.execute(action, request -> request.setInlineStdout(true).addInlineOutputFiles("y"));
    wishful.until(ExecutionStage.Value.EXECUTING);
    executor.report(offer.getAttempt(), done -> done.setResult(result));

    ActionResult bare = plain.response().getResult();
    assertThat(bare.getStdoutRaw()).isEmpty();
    assertThat(bare.getOutputFiles(1).getContents()).isEmpty();
    ActionResult inlined = wishful.response().getResult();
    assertThat(inlined.getStdoutRaw()).isEqualTo(content);
    assertThat(inlined.getStderrRaw()).isEmpty();
    assertThat(inlined.getOutputFiles(0).getContents()).isEmpty();
    assertThat(inlined.getOutputFiles(1).getContents()).isEqualTo(content);
    ActionResult cached =
        farm.execute(action, request -> request.setInlineStderr(true)).response().getResult();
    assertThat(cached.getStderrRaw()).isEqualTo(content);
    assertThat(cached.getStdoutRaw()).isEmpty();
  }

  @Test
  void equalActionsInFlightRunOnce() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");

    var first = farm.execute(action());
    Offer offer = executor.accept();
    var second = farm.execute(action());
    Operation joined = second.until(ExecutionStage.Value.EXECUTING);
    executor.succeed(offer.getAttempt());

    Operation firstEnd = first.until(ExecutionStage.Value.COMPLETED);
    Operation secondEnd = second.until(ExecutionStage.Value.COMPLETED);
    assertThat(secondEnd.getResponse()).isEqualTo(firstEnd.getResponse());
    assertThat(secondEnd.getName()).isEqualTo(joined.getName()).isNotEqualTo(firstEnd.getName());
    // Nothing but the acknowledgement follows: there was no second offer.
    executor.acknowledged(offer.getAttempt());
  }

  @Test
  void actionsThatMustNotBeCachedAreNotMerged() throws Exception {
    ScriptedExecutor executor = ScriptedExecutor.idle(farm.channel(), "a", 2);
    ActionBuilder action = action().tuned(it -> it.setDoNotCache(true));

    farm.execute(action);
    Offer first = executor.accept();
    farm.execute(action);
    executor.idleAgain(1);
    Offer second = executor.accept();

    assertThat(second.getAttempt()).isNotEqualTo(first.getAttempt());
    assertThat(second.getAction().getActionDigest()).isEqualTo(first.getAction().getActionDigest());
  }

  @Test
  void blake3ActionIsOneToo() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");

    var operation = farm.execute(action(DigestFunction.BLAKE3));
    Offer offer = executor.runNext();

    assertThat(offer.getAction().getDigestFunction()).isEqualTo(DigestFunction.BLAKE3.toProto());
    assertThat(operation.response().getResult().getExitCode()).isZero();
    assertThat(farm.execute(action(DigestFunction.BLAKE3)).response().getCachedResult()).isTrue();
  }

  @Test
  void executorThatFailsIsReplacedByAnother() throws Exception {
    ScriptedExecutor sick = farm.idleExecutor("sick");
    var operation = farm.execute(action());
    Offer lost = sick.accept();
    ScriptedExecutor healthy = farm.idleExecutor("healthy");

    sick.report(
        lost.getAttempt(),
        done ->
            done.setEnding(build.sparrow.scheduling.v1.Ending.EXECUTOR_FAILED)
                .setStatus(
                    com.google.rpc.Status.newBuilder()
                        .setCode(Status.Code.INTERNAL.value())
                        .setMessage("disk is full")));
    sick.acknowledged(lost.getAttempt());
    healthy.runNext();

    assertThat(operation.response().getResult().getExecutionMetadata().getWorker())
        .isEqualTo("healthy");
  }

  @Test
  void executorWhoseStreamBreaksKeepsItsAttempt() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var operation = farm.execute(action());
    Offer offer = executor.accept();

    executor.vanish();
    ScriptedExecutor again =
        ScriptedExecutor.join(
            farm.channel(),
            ScriptedExecutor.holding(
                ScriptedExecutor.hello("a", 1),
                offer,
                build.sparrow.scheduling.v1.Phase.EXECUTING));
    again.succeed(offer.getAttempt());
    again.acknowledged(offer.getAttempt());

    assertThat(operation.response().getResult().getStdoutRaw().toStringUtf8()).isEqualTo("out");
  }

  @Test
  void clientThatHangsUpFreesTheSlot() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var operation = farm.execute(action());
    Offer offer = executor.accept();
    operation.until(ExecutionStage.Value.EXECUTING);

    operation.hangUp();

    assertThat(executor.expect(FrontendMessage.MessageCase.KILL).getKill().getAttempt())
        .isEqualTo(offer.getAttempt());
  }

  @Test
  void oneClientThatHangsUpHarmsNoOther() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var impatient = farm.execute(action());
    Offer offer = executor.accept();
    var patient = farm.execute(action());
    patient.until(ExecutionStage.Value.EXECUTING);

    impatient.hangUp();
    executor.succeed(offer.getAttempt());

    assertThat(patient.response().getResult().getExitCode()).isZero();
  }

  @Test
  void clientWhoseConnectionBreaksFindsItsOperationAgain() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    BreakableConnection way = BreakableConnection.to(farm.endpoint());
    var lost = farm.executeOver(way, action());
    Offer offer = executor.accept();
    String name = lost.until(ExecutionStage.Value.EXECUTING).getName();

    way.sever();
    lost.failure();
    var found = farm.wait(name);
    found.until(ExecutionStage.Value.EXECUTING);
    executor.succeed(offer.getAttempt());

    Operation end = found.until(ExecutionStage.Value.COMPLETED);
    assertThat(end.getName()).isEqualTo(name);
    assertThat(FollowedOperation.responseOf(end).getResult().getExitCode()).isZero();
  }

  @Test
  void endedOperationGivesTheSameAnswerAgain() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var operation = farm.execute(action());
    executor.runNext();
    Operation end = operation.until(ExecutionStage.Value.COMPLETED);

    assertThat(farm.wait(end.getName()).next()).isEqualTo(end);
  }

  @Test
  void unknownOperationCannotBeWaitedFor() {
    assertThat(farm.wait("no/such").failure().getStatus().getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(farm.wait("").failure().getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void operationNamesCannotBeGuessed() throws Exception {
    String one = farm.execute(action("1")).next().getName();
    String other = farm.execute(action("2")).next().getName();

    assertThat(one).matches("[0-9a-f]{8}-[0-9a-f]{16}/[0-9a-f]{32}");
    assertThat(other).startsWith(one.substring(0, 26)).isNotEqualTo(one);
  }
}
