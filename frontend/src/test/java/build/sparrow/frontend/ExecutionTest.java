package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ExecutionStage;
import java.nio.file.Path;
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
}
