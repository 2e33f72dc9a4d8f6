package build.sparrow.executor.agent;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecutedActionMetadata;
import build.sparrow.cas.BlobTooLargeException;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.executor.input.InputCheck;
import build.sparrow.executor.input.InputRoot;
import build.sparrow.executor.input.InputTree;
import build.sparrow.executor.input.InputsMissingException;
import build.sparrow.executor.output.OutputCollector;
import build.sparrow.executor.output.OutputException;
import build.sparrow.executor.output.OutputPath;
import build.sparrow.executor.output.OutputUploads;
import build.sparrow.executor.sandbox.KillSwitch;
import build.sparrow.executor.sandbox.RunRequest;
import build.sparrow.executor.sandbox.RunResult;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.v1.ActionEnvelope;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One attempt on its way; for one use by one thread. */
final class AttemptRun implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AttemptRun.class);

  /** What a frontend's message takes, with room for the rest of it. */
  private static final int MAX_RESULT_BYTES = 4 << 20;

  /** 128 + SIGKILL; the status says more. */
  private static final int TIMEOUT_EXIT_CODE = 137;

  private final AttemptRunner runner;
  private final ActionEnvelope envelope;
  private final KillSwitch killSwitch;
  private final AttemptListener listener;
  private final ExecutedActionMetadata.Builder metadata = ExecutedActionMetadata.newBuilder();
  private Workspace.@Nullable Place place;
  private @Nullable InputRoot inputRoot;

  AttemptRun(
      AttemptRunner runner,
      ActionEnvelope envelope,
      KillSwitch killSwitch,
      AttemptListener listener) {
    this.runner = runner;
    this.envelope = envelope;
    this.killSwitch = killSwitch;
    this.listener = listener;
  }

  /** Goes the whole way; whatever happens on it is an outcome. */
  AttemptOutcome outcome() {
    metadata
        .setWorker(runner.worker())
        .setQueuedTimestamp(envelope.getQueuedTimestamp())
        .setWorkerStartTimestamp(now());
    AttemptOutcome outcome;
    try {
      outcome = attempt();
    } catch (InputsMissingException e) {
      outcome = AttemptOutcome.of(Ending.DECIDED, e.toStatus());
    } catch (StatusRuntimeException e) {
      outcome = isTheActions(e.getStatus().getCode()) ? decided(e) : failed(e);
    } catch (IOException | RuntimeException e) {
      outcome = failed(e);
    }
    // Whatever it looks like: a thrown switch may have broken anything.
    return killSwitch.isThrown() ? killed() : outcome;
  }

  /** Whether an error would come again on every executor. */
  private static boolean isTheActions(io.grpc.Status.Code code) {
    return code == io.grpc.Status.Code.INVALID_ARGUMENT
        || code == io.grpc.Status.Code.FAILED_PRECONDITION;
  }

  private static AttemptOutcome decided(StatusRuntimeException error) {
    return AttemptOutcome.of(Ending.DECIDED, ReapiStatus.toProto(error));
  }

  private AttemptOutcome attempt() throws IOException, InputsMissingException {
    CheckedAction action = CheckedAction.of(envelope);
    Workspace.Place here = runner.workspace().newPlace();
    place = here;
    fetch(action, here);
    if (killSwitch.isThrown()) {
      return killed();
    }
    if (!Files.isDirectory(
        here.root().resolve(action.workingDirectory()), LinkOption.NOFOLLOW_LINKS)) {
      throw ReapiStatus.invalidArgument(
          "working directory '%s' is not a directory of the input root"
              .formatted(action.workingDirectory()));
    }
    try (RunResult run = execute(action, here)) {
      return killSwitch.isThrown() ? killed() : finish(action, here, run);
    }
  }

  private void fetch(CheckedAction action, Workspace.Place here)
      throws IOException, InputsMissingException {
    metadata.setInputFetchStartTimestamp(now());
    try (var _ = AgentMetrics.timed(Phase.FETCHING);
        var _ = interruptible()) {
      InputTree tree = runner.trees().load(action.scope(), action.inputRoot());
      inputRoot =
          InputRoot.make(
              here.root(),
              action.scope(),
              tree,
              action.outputs().stream().map(OutputPath::path).toList(),
              runner.inputs());
    }
    metadata.setInputFetchCompletedTimestamp(now());
  }

  private RunResult execute(CheckedAction action, Workspace.Place here) throws IOException {
    listener.reached(Phase.EXECUTING);
    metadata.setExecutionStartTimestamp(now());
    RunRequest request =
        new RunRequest(
            here.root(),
            action.workingDirectory(),
            action.command().getArgumentsList(),
            action.environment(),
            action.timeout(),
            here.spill());
    try (var _ = AgentMetrics.timed(Phase.EXECUTING)) {
      RunResult result = runner.actions().run(request, killSwitch);
      metadata
          .setExecutionCompletedTimestamp(now())
          .setVirtualExecutionDuration(ProtoTimes.duration(result.duration()));
      return result;
    }
  }

  private AttemptOutcome finish(CheckedAction action, Workspace.Place here, RunResult run)
      throws IOException {
    listener.reached(Phase.UPLOADING);
    InputCheck check = inputRoot == null ? null : inputRoot.check();
    if (check != null && check.isShared()) {
      return failed(
          new IOException(
              "input %s was written to while several actions used it"
                  .formatted(check.changed().getFirst())));
    }
    metadata.setOutputUploadStartTimestamp(now());
    ActionResult.Builder result = ActionResult.newBuilder();
    Status status = statusOf(action, run.ending(), result);
    try (var _ = AgentMetrics.timed(Phase.UPLOADING);
        var _ = interruptible()) {
      OutputUploads uploads = new OutputUploads(runner.store(), action.scope());
      try (OutputCollector collector = new OutputCollector(here.root(), uploads, runner.limits())) {
        collector.collect(
            action.outputs(),
            action.command().getOutputDirectoryFormat(),
            action.inlinedOutputs(),
            result);
      } catch (OutputException e) {
        if (status.getCode() == Code.OK_VALUE) {
          status = ReapiStatus.toProto(ReapiStatus.failedPrecondition(e.getMessage()));
        }
      }
      new StandardStreams(uploads, envelope).addTo(result, run);
      AgentMetrics.UPLOADED_BYTES.inc((double) uploads.finish());
    } catch (BlobTooLargeException e) {
      throw ReapiStatus.failedPrecondition(
          "an output is too large for the store: " + e.getMessage());
    }
    Timestamp now = now();
    metadata.setOutputUploadCompletedTimestamp(now).setWorkerCompletedTimestamp(now);
    result.setExecutionMetadata(metadata);
    return decided(status, result.build());
  }

  private static Status statusOf(
      CheckedAction action, RunResult.Ending ending, ActionResult.Builder result) {
    return switch (ending) {
      case RunResult.Exited(int exitCode) -> {
        result.setExitCode(exitCode);
        yield Status.getDefaultInstance();
      }
      case RunResult.TimedOut() -> {
        result.setExitCode(TIMEOUT_EXIT_CODE);
        yield ReapiStatus.toProto(
            ReapiStatus.deadlineExceeded(
                "action did not end within its timeout of %d.%03d s and was killed"
                    .formatted(action.timeout().toSeconds(), action.timeout().toMillisPart())));
      }
      case RunResult.Killed() -> throw new IllegalStateException("A killed run has no result");
    };
  }

  private static AttemptOutcome decided(Status status, ActionResult result) {
    if (result.getSerializedSize() <= MAX_RESULT_BYTES) {
      return new AttemptOutcome(Ending.DECIDED, status, result);
    }
    return AttemptOutcome.of(
        Ending.DECIDED,
        ReapiStatus.toProto(
            ReapiStatus.failedPrecondition(
                "the result has %d bytes, at most %d can be sent; declare directories instead of single files"
                    .formatted(result.getSerializedSize(), MAX_RESULT_BYTES))));
  }

  private AttemptOutcome failed(Exception cause) {
    if (!killSwitch.isThrown()) {
      LoggingEventBuilder event =
          log.atWarn()
              .addKeyValue("operation", envelope.getOperation())
              .addKeyValue("cause", cause.toString());
      // What is not about disk, store or sandbox is a fault of ours, to be found by its trace.
      (cause instanceof IOException ? event : event.setCause(cause))
          .log("Attempt failed for a reason that is not the action's");
    }
    String message = "executor %s failed: %s".formatted(runner.worker(), cause.getMessage());
    return AttemptOutcome.of(
        Ending.EXECUTOR_FAILED,
        ReapiStatus.toProto(
            cause instanceof StoreUnavailableException
                ? ReapiStatus.unavailable(message)
                : ReapiStatus.internal(message)));
  }

  private static AttemptOutcome killed() {
    return AttemptOutcome.of(
        Ending.KILLED, ReapiStatus.toProto(ReapiStatus.cancelled("action was killed on request")));
  }

  private Scope interruptible() {
    Thread thread = Thread.currentThread();
    killSwitch.arm(thread::interrupt);
    return () -> {
      killSwitch.disarm();
      // Else the interruption would hit whatever this thread does next.
      var _ = Thread.interrupted();
    };
  }

  /** Something to be ended. */
  private interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  private Timestamp now() {
    return ProtoTimes.timestamp(runner.clock().instant());
  }

  /** Removes what the attempt has on disk, then lets go of its inputs. */
  @Override
  public void close() {
    if (place != null) {
      place.close();
    }
    if (inputRoot != null) {
      inputRoot.close();
    }
  }
}
