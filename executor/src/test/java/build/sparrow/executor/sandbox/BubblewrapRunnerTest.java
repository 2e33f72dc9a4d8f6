package build.sparrow.executor.sandbox;

import static build.sparrow.executor.sandbox.SandboxWorld.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command sees and how it ends; the threats to the sandbox are in SandboxThreatsTest. */
@SuppressWarnings("NullAway.Init")
final class BubblewrapRunnerTest {
  private SandboxWorld world;

  @BeforeEach
  void makeWorld(@TempDir Path directory) throws IOException {
    world = new SandboxWorld(directory);
  }

  @Test
  void outputAndExitCodeAreTheCommands() throws IOException {
    try (RunResult result = run(world.shell("echo out; echo err >&2; exit 42"))) {
      assertThat(result.ending()).isEqualTo(new RunResult.Exited(42));
      assertThat(text(result.stdout())).isEqualTo("out\n");
      assertThat(text(result.stderr())).isEqualTo("err\n");
    }
  }

  @Test
  void aSignalGivesExitCode128PlusItsNumber() throws IOException {
    assertThat(run(world.shell("kill -SEGV $$")).ending()).isEqualTo(new RunResult.Exited(139));
    assertThat(run(world.shell("kill -KILL $$")).ending()).isEqualTo(new RunResult.Exited(137));
  }

  @Test
  void whatIsNotThereGets127AndWhatIsNoProgramGets126_asOfAShell() throws IOException {
    Files.writeString(world.root.resolve("data"), "no program");

    try (RunResult missing = run(world.command(SandboxWorld.LONG, Map.of(), "no-such-tool"))) {
      assertThat(missing.ending()).isEqualTo(new RunResult.Exited(127));
      assertThat(text(missing.stderr()))
          .isEqualTo(
              "sparrow: cannot run 'no-such-tool': No such file or directory"
                  + " (PATH is /usr/local/bin:/usr/bin:/bin)\n");
    }
    try (RunResult data = run(world.command(SandboxWorld.LONG, Map.of(), "./data"))) {
      assertThat(data.ending()).isEqualTo(new RunResult.Exited(126));
      assertThat(text(data.stderr()))
          .isEqualTo("sparrow: cannot run './data': Permission denied\n");
    }
  }

  @Test
  void theEnvironmentIsTheCommandsOwn_andPwd() throws IOException {
    try (RunResult result =
        run(world.command(SandboxWorld.LONG, Map.of("A", "1 2", "PATH", "/bin"), "env"))) {
      assertThat(text(result.stdout()).lines())
          .containsExactlyInAnyOrder("A=1 2", "PATH=/bin", "PWD=/run/sparrow/root");
    }
  }

  @Test
  void theActionsDirectoryIsAtTheSamePlaceEverywhere_andWritable() throws IOException {
    Files.createDirectories(world.root.resolve("a/b"));
    RunRequest request =
        new RunRequest(
            world.root,
            "a/b",
            List.of("/bin/bash", "-c", "pwd; echo made > ../made"),
            Map.of(),
            SandboxWorld.LONG,
            world.spill);

    try (RunResult result = run(request)) {
      assertThat(text(result.stdout())).isEqualTo("/run/sparrow/root/a/b\n");
      assertThat(world.root.resolve("a/made")).hasContent("made");
    }
  }

  @Test
  void theRootIsReadOnly_andTmpIsFreshAndBounded() throws IOException {
    try (RunResult result =
        run(
            world.shell(
                "touch /usr/x || echo refused; ls -A /tmp; stat -fc '%b*%S' /tmp; : > /tmp/x"))) {
      assertThat(text(result.stderr())).contains("Read-only file system");
      assertThat(text(result.stdout())).isEqualTo("refused\n1048576*4096\n");
    }
    try (RunResult next = run(world.shell("ls -A /tmp"))) {
      assertThat(text(next.stdout())).isEmpty();
    }
  }

  @Test
  void standardInputIsEmpty_andNoDescriptorOfTheAgentIsInherited() throws IOException {
    try (RunResult result =
        run(world.shell("cat; for n in {0..99}; do [ -e /proc/$$/fd/$n ] && echo $n; done; :"))) {
      assertThat(text(result.stdout())).isEqualTo("0\n1\n2\n");
    }
  }

  @Test
  void theKillSwitchEndsACommandWithinHalfASecond() throws Exception {
    KillSwitch killSwitch = new KillSwitch();
    Thread killer =
        Thread.ofVirtual()
            .unstarted(
                () -> {
                  while (!Files.exists(world.root.resolve("started"))) {
                    Thread.onSpinWait();
                  }
                  killSwitch.kill();
                });
    killer.start();

    BubblewrapRunner runner = world.bubblewrap();
    try (RunResult result =
        runner.run(world.shell("trap '' TERM; echo x; touch started; sleep 1000"), killSwitch)) {
      assertThat(result.ending()).isEqualTo(new RunResult.Killed());
      assertThat(text(result.stdout())).isEqualTo("x\n");
    }
    killer.join();
  }

  @Test
  void aSwitchThrownBeforeTheStartKillsToo() throws IOException {
    KillSwitch killSwitch = new KillSwitch();
    killSwitch.kill();

    try (RunResult result = world.bubblewrap().run(world.shell("sleep 1000"), killSwitch)) {
      assertThat(result.ending()).isEqualTo(new RunResult.Killed());
      assertThat(result.duration()).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void refusesToBeMade_withWhatBubblewrapSaidAndWhatToDo_whereBubblewrapCannotRun()
      throws IOException {
    Path broken = world.work.resolve("bwrap");
    Files.writeString(
        broken, "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n");
    Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThatThrownBy(() -> BubblewrapRunner.create(broken, Path.of("/"), List.of(), world.work))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("bwrap: No permissions to create new namespace")
        .hasMessageContaining("kernel.apparmor_restrict_unprivileged_userns=0")
        .hasMessageContaining("sandbox: {type: None}");
  }

  @Test
  void refusesToBeMade_whereThereIsNoBubblewrap_orNothingToMountOn() {
    assertThatThrownBy(() -> BubblewrapRunner.find(world.root.toString()))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("install bubblewrap");
    assertThatThrownBy(
            () -> BubblewrapRunner.create(Path.of("/bin/true"), world.root, List.of(), world.work))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining(world.root + " has no directory proc");
  }

  private RunResult run(RunRequest request) throws IOException {
    return world.bubblewrap().run(request, new KillSwitch());
  }
}
