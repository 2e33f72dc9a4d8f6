package build.sparrow.executor.agent;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.Command;
import build.sparrow.executor.InMemoryBlobStore;
import build.sparrow.executor.StoredTree;
import build.sparrow.executor.input.InputCache;
import build.sparrow.executor.input.InputTrees;
import build.sparrow.executor.output.OutputLimits;
import build.sparrow.executor.sandbox.ActionRunner;
import build.sparrow.executor.sandbox.KillSwitch;
import build.sparrow.reapi.Digest;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.v1.ActionEnvelope;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store, a workspace and a runner for attempts, and the actions that tests run on them. */
final class ActionWorld {
  final InMemoryBlobStore store = new InMemoryBlobStore();
  final Workspace workspace;
  final AttemptRunner runner;

  ActionWorld(Path directory, ActionRunner actions) throws IOException {
    workspace = Workspace.open(directory);
    runner =
        new AttemptRunner(
            "executor-1",
            store,
            new InputTrees(store, 1 << 20),
            InputCache.open(workspace.inputCache(), 1 << 30, store),
            actions,
            workspace,
            OutputLimits.DEFAULT,
            InstantSource.system());
  }

  /** What an attempt told. */
  static final class RecordingListener implements AttemptListener {
    final List<Phase> phases = new ArrayList<>();
    private @Nullable AttemptOutcome outcome;

    @Override
    public void reached(Phase phase) {
      phases.add(phase);
    }

    @Override
    public void ended(AttemptOutcome ended) {
      if (outcome != null) {
        throw new AssertionError("Ended twice: " + outcome + ", " + ended);
      }
      outcome = ended;
    }

    AttemptOutcome outcome() {
      if (outcome == null) {
        throw new AssertionError("The attempt did not end");
      }
      return outcome;
    }
  }

  AttemptOutcome run(ActionEnvelope envelope) {
    RecordingListener listener = new RecordingListener();
    runner.run(envelope, new KillSwitch(), listener);
    return listener.outcome();
  }

  StoredTree tree() {
    return new StoredTree(store);
  }

  /** A bash script over an input tree, with outputs. */
  ActionEnvelope.Builder script(StoredTree inputs, String script, String... outputs) {
    return action(
        inputs.store(),
        Command.newBuilder()
            .addArguments("/bin/bash")
            .addArguments("-c")
            .addArguments(script)
            .addAllOutputPaths(List.of(outputs)));
  }

  static ActionEnvelope.Builder action(Digest inputRoot, Command.Builder command) {
    command
        .addEnvironmentVariablesBuilder()
        .setName("PATH")
        .setValue("/usr/local/bin:/usr/bin:/bin");
    Action action = Action.newBuilder().setInputRootDigest(inputRoot.toProto()).build();
    return ActionEnvelope.newBuilder()
        .setOperation("operation-1")
        .setAction(action)
        .setActionDigest(
            InMemoryBlobStore.SCOPE.function().digestOf(action.toByteString()).toProto())
        .setCommand(command)
        .setTimeout(Duration.newBuilder().setSeconds(60))
        .setQueuedTimestamp(Timestamp.newBuilder().setSeconds(1))
        .setInlineStdout(true)
        .setInlineStderr(true);
  }

  String text(build.bazel.remote.execution.v2.Digest digest) {
    return store.get(new Digest(digest.getHash(), digest.getSizeBytes())).toStringUtf8();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
