package build.sparrow.executor.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import build.sparrow.executor.StoredTree;
import build.sparrow.executor.sandbox.BubblewrapRunner;
import build.sparrow.executor.sandbox.SandboxException;
import build.sparrow.scheduling.Ending;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threats that need a whole attempt, in the real bubblewrap. */
@SuppressWarnings("NullAway.Init")
final class SandboxedAttemptTest {
  @TempDir Path directory;

  private ActionWorld world;

  @BeforeEach
  void makeWorld() throws IOException {
    Path work = Files.createDirectory(directory.resolve("work"));
    BubblewrapRunner sandbox;
    try {
      sandbox =
          BubblewrapRunner.create(
              BubblewrapRunner.find(String.valueOf(System.getenv("PATH"))),
              Path.of("/"),
              List.of(),
              work);
    } catch (SandboxException e) {
      assumeTrue(false, "Skipped: " + e.getMessage());
      throw e;
    }
    world = new ActionWorld(work, sandbox);
  }

  @Test
  void aParentSwappedForASymlinkGivesNothingAway() throws IOException {
    Files.writeString(directory.resolve("canary"), "secret");

    AttemptOutcome outcome =
        run("mkdir -p d/etc; echo mine > d/etc/passwd; mv d d2; ln -s / d", "d/etc/passwd");

    assertThat(outcome.ending()).isEqualTo(Ending.DECIDED);
    assertThat(outcome.status().getCode()).isEqualTo(Code.FAILED_PRECONDITION_VALUE);
    assertThat(outcome.status().getMessage())
        .isEqualTo("output 'd/etc/passwd': 'd' is a symbolic link");
    ByteString passwords = ByteString.copyFrom(Files.readAllBytes(Path.of("/etc/passwd")));
    assertThat(world.store.all()).doesNotContain(passwords);
  }

  @Test
  void aSymlinkAsOutputIsASymlinkInTheResult() {
    AttemptOutcome outcome = run("ln -s /etc/passwd out", "out");

    assertThat(outcome.status().getCode()).isEqualTo(Code.OK_VALUE);
    assertThat(outcome.result().getOutputSymlinks(0).getTarget()).isEqualTo("/etc/passwd");
    assertThat(outcome.result().getOutputFilesCount()).isZero();
  }

  @Test
  void specialFilesAndFilesOfHolesAreRefusedWithoutBeingOpened() {
    assertRefused("mkfifo out", "output 'out' is a FIFO");
    assertRefused("truncate -s 1T out", "output 'out' has 1099511627776 bytes");
    assertRefused("mkdir out; mkfifo out/f", "output 'out/f' is a FIFO");
  }

  @Test
  void aWriteThroughAnInputsLinkDoesNotReachTheNextAction() {
    StoredTree inputs = world.tree().file("in", "right");

    AttemptOutcome writer =
        world.run(world.script(inputs, "chmod +w in; echo x >> in; cat in").build());
    AttemptOutcome reader = world.run(world.script(inputs, "cat in; stat -c %a in").build());

    assertThat(writer.result().getStdoutRaw().toStringUtf8()).isEqualTo("rightx\n");
    assertThat(reader.result().getStdoutRaw().toStringUtf8()).isEqualTo("right444\n");
  }

  @Test
  void aDaemonDoesNotOutliveItsAction_norChangeItsOutputs() {
    AttemptOutcome outcome =
        run(
            "echo first > out; setsid bash -c 'trap \"\" TERM HUP; sleep 1; echo later > out' &",
            "out");

    assertThat(world.text(outcome.result().getOutputFiles(0).getDigest())).isEqualTo("first\n");
  }

  @Test
  void anActionWithoutEndIsEndedByItsTimeout() {
    AttemptOutcome outcome =
        world.run(
            world
                .script(world.tree(), "echo said; trap '' TERM; while :; do :; done")
                .setTimeout(Duration.newBuilder().setNanos(300_000_000))
                .build());

    assertThat(outcome.ending()).isEqualTo(Ending.DECIDED);
    assertThat(outcome.status().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED_VALUE);
    assertThat(outcome.result().getStdoutRaw().toStringUtf8()).isEqualTo("said\n");
  }

  private AttemptOutcome run(String script, String output) {
    return world.run(world.script(world.tree(), script, output).build());
  }

  private void assertRefused(String script, String message) {
    AttemptOutcome outcome = run(script, "out");
    assertThat(outcome.status().getCode()).isEqualTo(Code.FAILED_PRECONDITION_VALUE);
    assertThat(outcome.status().getMessage()).startsWith(message);
  }
}
