package build.sparrow.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoggedActionsTest {
  @TempDir Path folder;

  @Test
  void eachActionThatRanHasALine_afterTheFrontendHasStopped() throws Exception {
    Path log = folder.resolve("actions.jsonl");
    try (LoopbackFarm farm =
        LoopbackFarm.start(
            folder.resolve("shard"),
            config -> LoopbackFarm.withActionLog(config, log),
            LoopbackFarm.TIMES)) {
      ScriptedExecutor executor = farm.idleExecutor("x");

      farm.execute(ActionBuilder.action("one").platform("OSFamily", "linux"));
      executor.runNext();
      executor.idleAgain(1);
      farm.execute(ActionBuilder.action("two").platform("OSFamily", "linux"));
      executor.runNext();
    }

    assertThat(Files.readAllLines(log))
        .hasSize(2)
        .allMatch(line -> line.startsWith("{\"action\":"));
  }
}
