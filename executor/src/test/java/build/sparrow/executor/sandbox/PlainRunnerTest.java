package build.sparrow.executor.sandbox;

import static build.sparrow.executor.sandbox.SandboxWorld.lives;
import static build.sparrow.executor.sandbox.SandboxWorld.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
final class PlainRunnerTest {
  private SandboxWorld world;

  @BeforeEach
  void makeWorld(@TempDir Path directory) throws IOException {
    world = new SandboxWorld(directory);
  }

  @Test
  void runsTheCommandInTheActionsDirectory_withTheActionsEnvironment() throws IOException {
    try (RunResult result =
        run(
            world.command(
                SandboxWorld.LONG, Map.of("A", "1"), "bash", "-c", "pwd; echo $A$HOME; exit 7"))) {
      assertThat(result.ending()).isEqualTo(new RunResult.Exited(7));
      assertThat(text(result.stdout())).isEqualTo(world.root + "\n1\n");
    }
  }

  @Test
  void whatIsNotThereGets127AndWhatIsNoProgramGets126() throws IOException {
    Files.writeString(world.root.resolve("data"), "no program");

    assertThat(run(world.command(SandboxWorld.LONG, Map.of(), "no-such-tool")).ending())
        .isEqualTo(new RunResult.Exited(127));
    assertThat(run(world.command(SandboxWorld.LONG, Map.of(), "./no-such-tool")).ending())
        .isEqualTo(new RunResult.Exited(127));
    assertThat(run(world.command(SandboxWorld.LONG, Map.of(), "./data")).ending())
        .isEqualTo(new RunResult.Exited(126));
  }

  @Test
  void aSignalGivesExitCode128PlusItsNumber() throws IOException {
    assertThat(run(world.shell("kill -SEGV $$")).ending()).isEqualTo(new RunResult.Exited(139));
  }

  @Test
  void whatTheCommandLeavesInItsProcessGroupEndsWithIt() throws IOException {
    try (RunResult result = run(world.shell("sleep 4721.25 & exit 0"))) {
      assertThat(result.ending()).isEqualTo(new RunResult.Exited(0));
      assertThat(result.duration()).isLessThan(Duration.ofSeconds(30));
    }

    assertThat(lives("4721.25")).isFalse();
  }

  @Test
  void aDaemonThatHoldsOrFloodsTheOutputIsNotWaitedFor() throws IOException {
    try (RunResult silent = run(world.shell("setsid sleep 2 & echo x"))) {
      assertThat(text(silent.stdout())).isEqualTo("x\n");
      assertThat(silent.duration()).isLessThan(Duration.ofSeconds(2));
    }
    // It dies of the closed pipe.
    try (RunResult flood = run(world.shell("setsid yes & exit 5"))) {
      assertThat(flood.ending()).isEqualTo(new RunResult.Exited(5));
    }
  }

  @Test
  void anActionOutOfTimeIsAskedToEnd_thenKilled() throws IOException {
    try (RunResult result =
        run(
            world.shell(
                "trap 'echo asked' TERM; while :; do sleep 0.1; done", Duration.ofMillis(300)))) {
      assertThat(result.ending()).isEqualTo(new RunResult.TimedOut());
      assertThat(text(result.stdout())).isEqualTo("asked\n");
    }
  }

  @Test
  void theKillSwitchEndsIt() throws IOException {
    KillSwitch killSwitch = new KillSwitch();
    killSwitch.kill();

    try (RunResult result = new PlainRunner().run(world.shell("sleep 4722.25"), killSwitch)) {
      assertThat(result.ending()).isEqualTo(new RunResult.Killed());
    }
    assertThat(lives("4722.25")).isFalse();
  }

  private static RunResult run(RunRequest request) throws IOException {
    return new PlainRunner().run(request, new KillSwitch());
  }
}
