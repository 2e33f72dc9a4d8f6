package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutionGrpc;
import build.bazel.remote.execution.v2.WaitExecutionRequest;
import build.sparrow.cas.BlobScope;
import build.sparrow.frontend.admission.Admission;
import build.sparrow.frontend.admission.AdmittedAction;
import build.sparrow.frontend.admission.Verdict;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.WatcherId;
import build.sparrow.scheduling.v1.ActionEnvelope;
import com.google.longrunning.Operation;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Predicate;

/** Runs actions for clients, and lets them come back to what runs. */
public final class ExecutionService extends ExecutionGrpc.ExecutionImplBase {
  /** As many missing blobs as an error's trailers have room for; more go into the response. */
  private static final int MAX_MISSING_IN_ERROR = 32;

  /** As many missing blobs as fit into one message of 4 MiB, with the longest hashes. */
  private static final int MAX_MISSING_IN_RESPONSE = 16_000;

  private final Admission admission;
  private final OperationNames names;
  private final Operations operations;
  private final InlineOutputs inlineOutputs;
  private final Predicate<ActionKey> mayRun;
  private final InstantSource wallClock;

  /**
   * Takes who decides, who names, who runs.
   *
   * @param mayRun whether an action belonged to a frontend that is gone only just now
   */
  public ExecutionService(
      Admission admission,
      OperationNames names,
      Operations operations,
      InlineOutputs inlineOutputs,
      Predicate<ActionKey> mayRun,
      InstantSource wallClock) {
    this.admission = admission;
    this.names = names;
    this.operations = operations;
    this.inlineOutputs = inlineOutputs;
    this.mayRun = mayRun;
    this.wallClock = wallClock;
  }

  @Override
  public void execute(ExecuteRequest request, StreamObserver<Operation> responses) {
    WatcherId id = operations.newWatcher();
    OperationStream stream =
        OperationStream.of(responses, departure -> operations.left(id, departure));
    ActionKey key =
        ActionKey.parse(
            request.getInstanceName(), request.getDigestFunction(), request.getActionDigest());
    String name = names.next();
    InlineWishes wishes = InlineWishes.of(request);
    if (!request.getSkipCacheLookup()) {
      stream.update(OperationMessages.cacheCheck(name, key));
    }
    switch (admission.admit(key, request.getSkipCacheLookup())) {
      case Verdict.Admitted(var action) -> {
        String invocation = CallMetadata.current().getToolInvocationId();
        operations.submit(
            new Watcher(id, name, invocation, wishes, stream),
            envelope(name, action, request),
            mayRun.test(key));
      }
      case Verdict.Cached(var result) ->
          stream.finish(OperationMessages.finished(name, key, cached(key, result, wishes)));
      case Verdict.BlobsMissing(var function, var missing) ->
          refuse(stream, name, key, function, missing);
    }
  }

  private ActionEnvelope envelope(String name, AdmittedAction action, ExecuteRequest request) {
    return ActionEnvelope.newBuilder()
        .setOperation(name)
        .setInstanceName(action.key().instance().value())
        .setDigestFunction(action.key().function().toProto())
        .setActionDigest(action.key().action().toProto())
        .setAction(action.action())
        .setCommand(action.command())
        .setTimeout(Durations.fromNanos(action.timeout().toNanos()))
        .setRequestMetadata(CallMetadata.current())
        .setPriority(Priorities.clamp(request.getExecutionPolicy().getPriority()))
        .setInlineStdout(request.getInlineStdout())
        .setInlineStderr(request.getInlineStderr())
        .addAllInlineOutputFiles(request.getInlineOutputFilesList())
        .setQueuedTimestamp(Timestamps.fromMillis(wallClock.millis()))
        .build();
  }

  private ExecuteResponse cached(ActionKey key, ActionResult result, InlineWishes wishes) {
    return ExecuteResponse.newBuilder()
        .setResult(inlineOutputs.fill(BlobScope.of(key), result, wishes))
        .setCachedResult(true)
        .build();
  }

  /** Clients upload what is named and try again, so all are named wherever there is room for it. */
  private static void refuse(
      OperationSink sink,
      String name,
      ActionKey key,
      DigestFunction function,
      Set<Digest> missing) {
    if (missing.size() <= MAX_MISSING_IN_ERROR) {
      sink.fail(ReapiStatus.missingBlobs(function, missing));
      return;
    }
    var named = missing.stream().limit(MAX_MISSING_IN_RESPONSE).toList();
    sink.finish(
        OperationMessages.finished(
            name,
            key,
            ExecuteResponse.newBuilder()
                .setStatus(ReapiStatus.missingBlobsStatus(function, named))
                .build()));
  }

  @Override
  public void waitExecution(WaitExecutionRequest request, StreamObserver<Operation> responses) {
    WatcherId id = operations.newWatcher();
    OperationStream stream =
        OperationStream.of(responses, departure -> operations.left(id, departure));
    String invocation = CallMetadata.current().getToolInvocationId();
    operations.watch(
        new Watcher(
            id,
            OperationsService.checked(request.getName()),
            invocation,
            InlineWishes.NONE,
            stream));
  }
}
