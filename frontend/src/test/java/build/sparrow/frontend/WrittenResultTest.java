package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutionStage;
import build.bazel.remote.execution.v2.OutputFile;
import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.scheduling.v1.Ending;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.Offer;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that runs an action itself as well, and is quicker, ends it for all who wait for it. */
@SuppressWarnings("NullAway.Init")
final class WrittenResultTest {
  private static final ByteString OUTPUT = ByteString.copyFromUtf8("made by a client");
  private static final ActionResult LOCAL =
      ActionResult.newBuilder()
          .addOutputFiles(
              OutputFile.newBuilder()
                  .setPath("out")
                  .setDigest(DigestFunction.SHA256.digestOf(OUTPUT).toProto()))
          .build();

  @TempDir private Path directory;
  private LoopbackFarm farm;
  private ScriptedExecutor executor;

  @BeforeEach
  void startFarm() throws Exception {
    farm = LoopbackFarm.start(directory);
    executor = farm.idleExecutor("a");
  }

  @AfterEach
  void stopFarm() {
    farm.close();
  }

  private void upload() throws IOException {
    farm.blobs()
        .writeAll(
            new BlobScope(InstanceName.ROOT, DigestFunction.SHA256),
            Map.of(DigestFunction.SHA256.digestOf(OUTPUT), OUTPUT));
  }

  private void write(ActionBuilder action, ActionResult result) throws IOException {
    farm.cache()
        .put(new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, action.digest()), result);
  }

  @Test
  void theActionEndsForAllWhoWait_andItsAttemptIsKilled() throws Exception {
    FollowedOperation<ExecuteRequest> first = farm.execute(action());
    Offer offer = executor.accept();
    FollowedOperation<ExecuteRequest> second = farm.execute(action());
    second.until(ExecutionStage.Value.EXECUTING);
    upload();

    write(action(), LOCAL);

    for (FollowedOperation<ExecuteRequest> each : List.of(first, second)) {
      ExecuteResponse response = each.response();
      assertThat(response.getResult().getOutputFilesList()).isEqualTo(LOCAL.getOutputFilesList());
      assertThat(response.getCachedResult()).isTrue();
    }
    assertThat(executor.expect(FrontendMessage.MessageCase.KILL).getKill().getAttempt())
        .isEqualTo(offer.getAttempt());
    executor.report(offer.getAttempt(), done -> done.setEnding(Ending.KILLED).clearResult());
    executor.acknowledged(offer.getAttempt());
  }

  @Test
  void whoWishesForOutputsInlineGetsThem() throws Exception {
    var operation = farm.execute(action(), request -> request.addInlineOutputFiles("out"));
    executor.accept();
    upload();

    write(action(), LOCAL);

    assertThat(operation.response().getResult().getOutputFiles(0).getContents()).isEqualTo(OUTPUT);
  }

  @Test
  void aResultWhoseOutputsAreNotThereEndsNothing() throws Exception {
    var operation = farm.execute(action());
    Offer offer = executor.accept();

    write(action(), LOCAL);
    executor.succeed(offer.getAttempt());

    assertThat(operation.response().getResult().getStdoutRaw().toStringUtf8()).isEqualTo("out");
    executor.acknowledged(offer.getAttempt());
  }

  @Test
  void aFailureEndsNothing() throws Exception {
    var operation = farm.execute(action());
    Offer offer = executor.accept();

    write(action(), ActionResult.newBuilder().setExitCode(1).build());
    executor.succeed(offer.getAttempt());

    assertThat(operation.response().getResult().getExitCode()).isZero();
    executor.acknowledged(offer.getAttempt());
  }

  @Test
  void anActionThatMustNotBeCachedRunsToItsEnd() throws Exception {
    ActionBuilder uncacheable = action().tuned(it -> it.setDoNotCache(true));
    var operation = farm.execute(uncacheable);
    Offer offer = executor.accept();

    write(uncacheable, ActionResult.getDefaultInstance());
    executor.succeed(offer.getAttempt());

    assertThat(operation.response().getResult().getStdoutRaw().toStringUtf8()).isEqualTo("out");
    executor.acknowledged(offer.getAttempt());
  }
}
