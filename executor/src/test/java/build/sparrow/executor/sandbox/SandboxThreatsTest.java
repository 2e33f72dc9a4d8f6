package build.sparrow.executor.sandbox;

import static build.sparrow.executor.sandbox.SandboxWorld.lives;
import static build.sparrow.executor.sandbox.SandboxWorld.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hostile or careless command tries, each against the real bubblewrap. */
@SuppressWarnings("NullAway.Init")
final class SandboxThreatsTest {
  private static final long GIB = 1L << 30;

  private SandboxWorld world;

  @BeforeEach
  void makeWorld(@TempDir Path directory) throws IOException {
    world = new SandboxWorld(directory);
  }

  @Test
  void outputWithoutEndFillsNeitherMemoryNorDisk() throws IOException {
    try (RunResult result = run(world.shell("yes | head -c 1G"))) {
      assertThat(result.ending()).isEqualTo(new RunResult.Exited(0));
      assertThat(text(result.stdout()).length()).isBetween(32 << 20, 33 << 20);
      assertThat(text(result.stdout()))
          .startsWith("y\ny\n")
          .contains("[sparrow: of " + GIB + " bytes written here")
          .endsWith("y\ny\n");
    }
  }

  @Test
  void theOnlyNetworkIsLoopback_andItIsTheActionsOwn() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RunResult result =
            run(
                world.shell(
                    "cut -d: -f1 -s /proc/net/dev | tr -d ' ';"
                        + " : < /dev/tcp/127.0.0.1/%d; : < /dev/tcp/169.254.169.254/80; :"
                            .formatted(server.getLocalPort())))) {
      assertThat(text(result.stdout())).isEqualTo("lo\n");
      // Refused, not unreachable: loopback is up, but the host's listeners are not on it.
      assertThat(text(result.stderr()))
          .contains("Connection refused")
          .contains("Network is unreachable");
    }
  }

  @Test
  void anActionSeesItsOwnProcessesOnly_andCannotSignalTheAgent() throws IOException {
    long agent = ProcessHandle.current().pid();

    try (RunResult result =
        run(world.shell("cd /proc; ls -d [0-9]* | wc -l; kill -0 %d".formatted(agent)))) {
      // bubblewrap, bash, ls, and wc.
      assertThat(Integer.parseInt(text(result.stdout()).strip())).isBetween(2, 4);
      assertThat(text(result.stderr())).contains("No such process");
    }
  }

  @Test
  void daemonsAreGoneWhenTheActionIsOver() throws IOException {
    try (RunResult result =
        run(
            world.shell(
                "setsid sleep 4711.25 < /dev/null > /dev/null 2>&1 &"
                    + " setsid bash -c 'trap \"\" TERM HUP; sleep 4712.25' & exit 3"))) {
      assertThat(result.ending()).isEqualTo(new RunResult.Exited(3));
    }

    assertThat(lives("4711.25")).isFalse();
    assertThat(lives("4712.25")).isFalse();
  }

  @Test
  void anActionOutOfTimeIsAskedToEnd_andWhatItWroteIsKept() throws IOException {
    try (RunResult result =
        run(
            world.shell(
                "trap 'echo asked; exit 0' TERM; echo started; sleep 1000 & wait",
                Duration.ofMillis(500)))) {
      assertThat(result.ending()).isEqualTo(new RunResult.TimedOut());
      assertThat(text(result.stdout())).isEqualTo("started\nasked\n");
    }
  }

  @Test
  void anActionOutOfTimeThatWillNotEndIsKilledWithAllItStarted() throws IOException {
    try (RunResult result =
        run(
            world.shell(
                "trap '' TERM; echo started; (setsid sleep 4713.25); sleep 4714.25",
                Duration.ofMillis(500)))) {
      assertThat(result.ending()).isEqualTo(new RunResult.TimedOut());
      assertThat(text(result.stdout())).isEqualTo("started\n");
      assertThat(result.duration()).isGreaterThan(Duration.ofMillis(2500));
    }
    assertThat(lives("4713.25")).isFalse();
    assertThat(lives("4714.25")).isFalse();
  }

  @Test
  void whatTheActionWantsPreloadedIsNotLoadedIntoTheLauncher() throws IOException {
    try (RunResult result =
        run(world.command(SandboxWorld.LONG, Map.of("LD_PRELOAD", "/canary.so"), "/usr/bin/env"))) {
      // The dynamic linker complains once per program: for the action, and for nothing before it.
      assertThat(text(result.stderr()).lines()).hasSize(1).first().asString().contains("canary.so");
      assertThat(text(result.stdout())).contains("LD_PRELOAD=/canary.so");
    }
  }

  @Test
  void anActionSeesNothingOfTheAgentsDirectoriesButItsOwn() throws IOException {
    // Not beneath /tmp, which is covered anyway.
    Path data = Files.createTempDirectory(Path.of("/var/tmp"), "sparrow-data");
    try {
      Files.writeString(data.resolve("canary"), "secret");

      try (RunResult result =
          world.bubblewrap(data).run(world.shell("ls -A " + data), new KillSwitch())) {
        assertThat(result.ending()).isEqualTo(new RunResult.Exited(0));
        assertThat(text(result.stdout())).isEmpty();
      }
    } finally {
      Files.delete(data.resolve("canary"));
      Files.delete(data);
    }
  }

  @Test
  void anActionHasNoCapabilities_notEvenAsTheRootOfItsNamespace() throws IOException {
    try (RunResult result =
        run(world.shell("grep -E 'Cap(Eff|Prm|Bnd)' /proc/self/status; mount -t tmpfs x /tmp"))) {
      assertThat(text(result.stdout()).lines())
          .hasSize(3)
          .allMatch(line -> line.endsWith("0000000000000000"));
      assertThat(result.ending()).isNotEqualTo(new RunResult.Exited(0));
    }
  }

  private RunResult run(RunRequest request) throws IOException {
    return world.bubblewrap().run(request, new KillSwitch());
  }
}
