package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ExecutionStage;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.Hello;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.Phase;
import com.google.longrunning.Operation;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs outlives the frontend that started it. */
@SuppressWarnings("NullAway.Init")
final class RestartTest {
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

  private record Running(String operation, Offer offer) {}

  private Running startAndRestart() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var operation = farm.execute(action());
    Offer offer = executor.accept();
    String name = operation.until(ExecutionStage.Value.EXECUTING).getName();
    farm.restartFrontend();
    return new Running(name, offer);
  }

  private ScriptedExecutor comeBack(Running running, Phase phase) {
    Hello hello = ScriptedExecutor.hello("a", 1);
    return ScriptedExecutor.join(
        farm.channel(), ScriptedExecutor.holding(hello, running.offer(), phase));
  }

  @Test
  void secondExecuteJoinsTheAttemptThatStillRuns() throws Exception {
    Running running = startAndRestart();
    ScriptedExecutor executor = comeBack(running, Phase.EXECUTING);

    var again = farm.execute(action());
    again.until(ExecutionStage.Value.EXECUTING);
    executor.succeed(running.offer().getAttempt());

    var result = again.response().getResult();
    assertThat(result.getStdoutRaw().toStringUtf8()).isEqualTo("out");
    assertThat(result.getExecutionMetadata().getQueuedTimestamp())
        .isEqualTo(running.offer().getAction().getQueuedTimestamp());
    executor.acknowledged(running.offer().getAttempt());
  }

  @Test
  void operationIsFoundByItsOldName() throws Exception {
    Running running = startAndRestart();
    ScriptedExecutor executor = comeBack(running, Phase.EXECUTING);

    var again = farm.wait(running.operation());
    again.until(ExecutionStage.Value.EXECUTING);
    executor.succeed(running.offer().getAttempt());

    Operation end = again.until(ExecutionStage.Value.COMPLETED);
    assertThat(end.getName()).isEqualTo(running.operation());
  }

  @Test
  void resultThatNobodyTookIsCachedByTheNextFrontend() throws Exception {
    Running running = startAndRestart();
    ScriptedExecutor executor = comeBack(running, Phase.REPORTED);

    executor.succeed(running.offer().getAttempt());
    executor.acknowledged(running.offer().getAttempt());

    assertThat(
            farm.cache()
                .get(new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, action().digest())))
        .isPresent();
    assertThat(farm.execute(action()).response().getCachedResult()).isTrue();
  }

  @Test
  void executeThatComesBeforeTheExecutorIsNotRunTwice() throws Exception {
    Running running = startAndRestart();

    // Its executor is not back yet, and no other is there.
    var again = farm.execute(action());
    again.until(ExecutionStage.Value.QUEUED);
    ScriptedExecutor executor = comeBack(running, Phase.EXECUTING);
    again.until(ExecutionStage.Value.EXECUTING);
    executor.succeed(running.offer().getAttempt());

    assertThat(again.response().getResult().getStdoutRaw().toStringUtf8()).isEqualTo("out");
    assertThat(executor.expect(FrontendMessage.MessageCase.DONE_ACK).getDoneAck().getAttempt())
        .isEqualTo(running.offer().getAttempt());
  }
}
