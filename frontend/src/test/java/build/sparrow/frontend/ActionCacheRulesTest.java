package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.OutputFile;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.scheduling.v1.Done;
import build.sparrow.scheduling.v1.Offer;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gets into the action cache, and what never does. */
@SuppressWarnings("NullAway.Init")
final class ActionCacheRulesTest {
  @TempDir private static Path directory;
  private static LoopbackFarm farm;
  private static ScriptedExecutor executor;

  @BeforeAll
  static void startFarm() throws Exception {
    farm = LoopbackFarm.start(directory);
    executor = farm.idleExecutor("a");
  }

  @AfterAll
  static void stopFarm() {
    farm.close();
  }

  /** Runs an action to that end, and says what the cache holds when the client hears of it. */
  private static Optional<ActionResult> cachedAfter(
      ActionBuilder action, Consumer<Done.Builder> end) throws IOException {
    var operation = farm.execute(action);
    Offer offer = executor.accept();
    executor.report(offer.getAttempt(), end);
    operation.response();
    Optional<ActionResult> cached =
        farm.cache().get(new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, action.digest()));
    executor.acknowledged(offer.getAttempt());
    executor.idleAgain(1);
    return cached;
  }

  @Test
  void successIsCachedBeforeTheClientHearsOfIt() throws Exception {
    assertThat(cachedAfter(action("success"), done -> {}))
        .get()
        .satisfies(
            result -> {
              assertThat(result.getStdoutRaw().toStringUtf8()).isEqualTo("out");
              assertThat(result.getExecutionMetadata().getWorker()).isEqualTo("a");
              assertThat(result.getExecutionMetadata().hasQueuedTimestamp()).isTrue();
            });
  }

  @Test
  void failureIsNotCached() throws Exception {
    assertThat(cachedAfter(action("failure"), done -> done.getResultBuilder().setExitCode(1)))
        .isEmpty();
  }

  @Test
  void whatIsNotToBeCachedIsNot() throws Exception {
    ActionBuilder action = action("uncacheable").tuned(it -> it.setDoNotCache(true));

    assertThat(cachedAfter(action, done -> {})).isEmpty();
  }

  @Test
  void timeoutIsNotCachedThoughItHasAResult() throws Exception {
    assertThat(
            cachedAfter(
                action("timeout"),
                done -> done.getStatusBuilder().setCode(Status.Code.DEADLINE_EXCEEDED.value())))
        .isEmpty();
  }

  @Test
  void resultThatCannotBeCachedIsReturnedAllTheSame() throws Exception {
    var operation = farm.execute(action("escaping"));
    Offer offer = executor.accept();
    executor.report(
        offer.getAttempt(),
        done ->
            done.getResultBuilder()
                .addOutputFiles(
                    OutputFile.newBuilder()
                        .setPath("../sibling")
                        .setDigest(DigestFunction.SHA256.emptyDigest().toProto())));

    assertThat(operation.response().getResult().getOutputFiles(0).getPath())
        .isEqualTo("../sibling");
    executor.acknowledged(offer.getAttempt());
    executor.idleAgain(1);
    assertThat(
            farm.cache()
                .get(
                    new ActionKey(
                        InstanceName.ROOT, DigestFunction.SHA256, action("escaping").digest())))
        .isEmpty();
  }
}
