package build.sparrow.executor.agent;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.ExecutedActionMetadata;
import build.sparrow.executor.StoredTree;
import build.sparrow.executor.agent.ActionWorld.RecordingListener;
import build.sparrow.executor.sandbox.KillSwitch;
import build.sparrow.executor.sandbox.PlainRunner;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.v1.ActionEnvelope;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import com.google.rpc.PreconditionFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of one attempt, with commands as plain processes. */
@SuppressWarnings("NullAway.Init")
final class AttemptRunnerTest {
  @TempDir Path directory;

  private ActionWorld world;

  @BeforeEach
  void makeWorld() throws IOException {
    world = new ActionWorld(directory.resolve("work"), new PlainRunner());
  }

  @Test
  void anActionGoesTheWholeWay() {
    StoredTree inputs =
        world.tree().file("in/data.txt", "data").program("tool.sh", "#!/bin/sh\ncat in/data.txt");
    RecordingListener listener = new RecordingListener();

    world.runner.run(
        world
            .script(
                inputs,
                "./tool.sh > out/deep/copy; echo said; echo warned >&2; exit 3",
                "out/deep/copy")
            .build(),
        new KillSwitch(),
        listener);

    AttemptOutcome outcome = listener.outcome();
    assertThat(listener.phases).containsExactly(Phase.EXECUTING, Phase.UPLOADING);
    assertThat(outcome.ending()).isEqualTo(Ending.DECIDED);
    assertThat(outcome.status().getCode()).isEqualTo(Code.OK_VALUE);
    ActionResult result = outcome.result();
    assertThat(result.getExitCode()).isEqualTo(3);
    assertThat(result.getStdoutRaw().toStringUtf8()).isEqualTo("said\n");
    assertThat(result.getStderrRaw().toStringUtf8()).isEqualTo("warned\n");
    assertThat(world.text(result.getOutputFiles(0).getDigest())).isEqualTo("data");
    assertThat(directory.resolve("work/actions")).isEmptyDirectory();
  }

  @Test
  void theMetadataTellWhenWhatHappened() {
    ExecutedActionMetadata metadata =
        run(world.script(world.tree(), "sleep 0.05")).result().getExecutionMetadata();

    assertThat(metadata.getWorker()).isEqualTo("executor-1");
    assertThat(
            List.of(
                metadata.getQueuedTimestamp(),
                metadata.getWorkerStartTimestamp(),
                metadata.getInputFetchStartTimestamp(),
                metadata.getInputFetchCompletedTimestamp(),
                metadata.getExecutionStartTimestamp(),
                metadata.getExecutionCompletedTimestamp(),
                metadata.getOutputUploadStartTimestamp(),
                metadata.getOutputUploadCompletedTimestamp(),
                metadata.getWorkerCompletedTimestamp()))
        .isSortedAccordingTo(
            Comparator.comparingLong(Timestamp::getSeconds).thenComparingInt(Timestamp::getNanos))
        .allMatch(timestamp -> timestamp.getSeconds() > 0);
    assertThat(ProtoTimes.duration(metadata.getVirtualExecutionDuration()))
        .isGreaterThan(java.time.Duration.ofMillis(50));
  }

  @Test
  void outputGoesToTheStoreUnlessItWasAskedForInTheResult() {
    ActionResult result =
        run(world
                .script(world.tree(), "echo out; echo err >&2")
                .setInlineStdout(false)
                .setInlineStderr(false))
            .result();

    assertThat(result.getStdoutRaw()).isEmpty();
    assertThat(world.text(result.getStdoutDigest())).isEqualTo("out\n");
    assertThat(world.text(result.getStderrDigest())).isEqualTo("err\n");
  }

  @Test
  void longOutputGoesToTheStoreInAnyCase() {
    ActionResult result = run(world.script(world.tree(), "head -c 3000000 /dev/zero")).result();

    assertThat(result.getStdoutRaw()).isEmpty();
    assertThat(world.text(result.getStdoutDigest())).hasSize(3_000_000);
  }

  @Test
  void missingInputsDecideTheActionWithViolationsThatNameThem() {
    StoredTree inputs = world.tree().file("a", "missing").file("b", "present");
    ActionEnvelope envelope = world.script(inputs, "true").build();
    Digest missing = world.store.put("missing");
    world.store.remove(missing);

    AttemptOutcome outcome = world.run(envelope);

    assertThat(outcome.ending()).isEqualTo(Ending.DECIDED);
    assertThat(outcome.status().getCode()).isEqualTo(Code.FAILED_PRECONDITION_VALUE);
    PreconditionFailure failure =
        Objects.requireNonNull(ReapiStatus.preconditionFailure(outcome.status()));
    assertThat(failure.getViolationsList())
        .extracting(
            PreconditionFailure.Violation::getType, PreconditionFailure.Violation::getSubject)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("MISSING", "blobs/" + missing));
  }

  @Test
  void anUnreachableStoreIsNotTheActionsFault() {
    ActionEnvelope needsInputs = world.script(world.tree().file("a", "1"), "true").build();
    ActionEnvelope hasOutputs = world.script(world.tree(), "echo 1 > out", "out").build();
    world.store.setReachable(false);

    for (ActionEnvelope envelope : List.of(needsInputs, hasOutputs)) {
      AttemptOutcome outcome = world.run(envelope);

      assertThat(outcome.ending()).isEqualTo(Ending.EXECUTOR_FAILED);
      assertThat(outcome.status().getCode()).isEqualTo(Code.UNAVAILABLE_VALUE);
      assertThat(outcome.status().getMessage()).contains("executor executor-1 failed");
    }
  }

  @Test
  void malformedActionsAreRefusedWithoutTrustInTheFrontend() {
    assertRefused(world.script(world.tree(), "true", "../../x"), "output path '../../x' leaves");
    assertRefused(
        ActionWorld.action(
            world.tree().store(),
            Command.newBuilder().addArguments("true").setWorkingDirectory("/etc")),
        "working directory '/etc'");
    assertRefused(
        ActionWorld.action(
            world.tree().store(),
            Command.newBuilder().addArguments("true").setWorkingDirectory("absent")),
        "working directory 'absent' is not a directory of the input root");
    assertRefused(
        ActionWorld.action(world.tree().store(), Command.newBuilder()), "names no program");
    assertRefused(
        ActionWorld.action(world.tree().store(), Command.newBuilder().addArguments("a\0b")),
        "has a NUL character");
    Command.Builder badVariable = Command.newBuilder().addArguments("true");
    badVariable.addEnvironmentVariablesBuilder().setName("A=B");
    assertRefused(
        ActionWorld.action(world.tree().store(), badVariable), "environment variable \"A=B\"");
  }

  @Test
  void aWorkingDirectoryThatIsASymlinkIsRefused() {
    assertRefused(
        ActionWorld.action(
            world.tree().link("wd", "/etc").store(),
            Command.newBuilder().addArguments("true").setWorkingDirectory("wd")),
        "working directory 'wd' is not a directory of the input root");
  }

  @Test
  void parentsOfOutputsAreNotMadeThroughSymlinks() {
    Path elsewhere = directory.resolve("elsewhere");
    StoredTree inputs = world.tree().link("d", directory.toString());

    AttemptOutcome outcome = run(world.script(inputs, "true", "d/elsewhere/x"));

    assertThat(outcome.status().getMessage())
        .isEqualTo("output 'd/elsewhere/x': 'd' is a symbolic link");
    assertThat(elsewhere).doesNotExist();
  }

  @Test
  void anOutputThatCannotBeTakenFailsTheAction_butItsOutputIsShown() {
    AttemptOutcome outcome = run(world.script(world.tree(), "echo said; mkfifo f; exit 5", "f"));

    assertThat(outcome.ending()).isEqualTo(Ending.DECIDED);
    assertThat(outcome.status().getCode()).isEqualTo(Code.FAILED_PRECONDITION_VALUE);
    assertThat(outcome.status().getMessage()).startsWith("output 'f' is a FIFO");
    assertThat(outcome.result().getExitCode()).isEqualTo(5);
    assertThat(outcome.result().getStdoutRaw().toStringUtf8()).isEqualTo("said\n");
  }

  @Test
  void anActionOutOfTimeKeepsWhatItWroteUntilThen() {
    AttemptOutcome outcome =
        run(
            world
                .script(world.tree(), "echo said; echo half > log; sleep 1000", "log")
                .setTimeout(Duration.newBuilder().setNanos(500_000_000)));

    assertThat(outcome.ending()).isEqualTo(Ending.DECIDED);
    assertThat(outcome.status().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED_VALUE);
    assertThat(outcome.status().getMessage())
        .isEqualTo("action did not end within its timeout of 0.500 s and was killed");
    assertThat(outcome.result().getStdoutRaw().toStringUtf8()).isEqualTo("said\n");
    assertThat(world.text(outcome.result().getOutputFiles(0).getDigest())).isEqualTo("half\n");
  }

  @Test
  void aKillEndsAnAttemptThatWaitsForItsInputs() throws Exception {
    KillSwitch killSwitch = new KillSwitch();
    RecordingListener listener = new RecordingListener();
    ActionEnvelope envelope =
        world.script(world.tree().file("a", "1"), "echo ran > /dev/null").build();
    world.store.onRead(
        () -> {
          killSwitch.kill();
          if (!Thread.currentThread().isInterrupted()) {
            throw new AssertionError("The kill must wake a thread that waits for the store");
          }
        });

    world.runner.run(envelope, killSwitch, listener);

    assertThat(listener.outcome().ending()).isEqualTo(Ending.KILLED);
    assertThat(listener.phases).isEmpty();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void inputsThatAnActionWroteToAreRightForTheNextOne() {
    StoredTree inputs = world.tree().file("in", "right");
    run(world.script(inputs, "chmod +w in; echo wrong >> in"));

    AttemptOutcome next = run(world.script(inputs, "cat in"));

    assertThat(next.result().getStdoutRaw().toStringUtf8()).isEqualTo("right");
  }

  @Test
  void whatActionsLeaveIsRemoved_whateverItIs() {
    run(
        world.script(
            world.tree().file("in", "1"),
            """
            mkdir -p a/b locked/below; touch locked/below/x; chmod 000 locked/below locked
            ln -s / root; ln -s loop loop; mkfifo f
            name=$(printf 'x%.0s' {1..200})
            for i in {1..40}; do mkdir $name; cd $name; done; touch deep
            """));

    assertThat(directory.resolve("work/actions")).isEmptyDirectory();
  }

  @Test
  void aResultThatIsTooLargeToBeSentIsRefused() {
    // Paths of 3,275 characters: 1,400 of them are more than 4 MiB.
    String detour = "y".repeat(200) + "/../";
    String[] outputs = new String[1400];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = detour.repeat(15) + "x".repeat(200) + i;
    }
    String script =
        "mkdir %s; for i in {0..1399}; do : > %s$i; done"
            .formatted("y".repeat(200), "x".repeat(200));

    AttemptOutcome outcome = run(world.script(world.tree(), script, outputs));

    assertThat(outcome.ending()).isEqualTo(Ending.DECIDED);
    assertThat(outcome.status().getCode()).isEqualTo(Code.FAILED_PRECONDITION_VALUE);
    assertThat(outcome.status().getMessage()).contains("at most 4194304 can be sent");
  }

  private AttemptOutcome run(ActionEnvelope.Builder envelope) {
    return world.run(envelope.build());
  }

  private void assertRefused(ActionEnvelope.Builder envelope, String message) {
    AttemptOutcome outcome = run(envelope);
    assertThat(outcome.ending()).isEqualTo(Ending.DECIDED);
    assertThat(outcome.status().getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    assertThat(outcome.status().getMessage()).contains(message);
  }
}
