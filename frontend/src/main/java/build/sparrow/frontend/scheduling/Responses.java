package build.sparrow.frontend.scheduling;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.owner.OperationFailure;
import build.sparrow.scheduling.owner.OperationFailure.Cancelled;
import build.sparrow.scheduling.owner.OperationFailure.InfrastructureSpent;
import build.sparrow.scheduling.owner.OperationFailure.OutOfMemorySpent;
import build.sparrow.scheduling.owner.OperationFailure.Poisonous;
import build.sparrow.scheduling.v1.Done;
import com.google.rpc.Code;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.stream.Collectors;

/** What a client is told at the end of an operation. */
final class Responses {
  private Responses() {}

  /** The end that an executor reported. */
  static ExecuteResponse of(OperationPayload payload, Done done) {
    ExecuteResponse.Builder response =
        ExecuteResponse.newBuilder()
            .setStatus(done.getStatus())
            .putAllServerLogs(done.getServerLogsMap());
    if (done.hasResult()) {
      response.setResult(done.getResult());
    }
    boolean succeeded =
        done.getStatus().getCode() == Code.OK_VALUE && done.getResult().getExitCode() == 0;
    if (!succeeded) {
      response.setMessage(whereItRan(payload, done));
    }
    return response.build();
  }

  /** The end that a client brought, who had the result before any executor. */
  static ExecuteResponse ofWritten(OperationPayload payload) {
    return ExecuteResponse.newBuilder().setResult(payload.written()).setCachedResult(true).build();
  }

  private static String whereItRan(OperationPayload payload, Done done) {
    String worker = done.getResult().getExecutionMetadata().getWorker();
    if (worker.isEmpty()) {
      worker = payload.tried().isEmpty() ? "an executor" : payload.tried().getLast().name();
    }
    return "Action %s ran on %s; look for it there and in server_logs"
        .formatted(payload.envelope().getActionDigest().getHash(), worker);
  }

  /** The end of an operation that no executor could bring to a result. */
  static ExecuteResponse of(OperationPayload payload, OperationFailure failure) {
    return ExecuteResponse.newBuilder()
        .setStatus(ReapiStatus.toProto(explain(payload, failure)))
        .build();
  }

  private static StatusRuntimeException explain(
      OperationPayload payload, OperationFailure failure) {
    return switch (failure) {
      case Cancelled() -> ReapiStatus.cancelled("the operation was cancelled by its name");
      case InfrastructureSpent(int losses, int allowed) ->
          ReapiStatus.internal(
              "%d attempts at the action were lost with their executors (%s), %d are forgiven (scheduler.attempts.infrastructure)%s; look into the executors' logs"
                  .formatted(losses, names(payload.tried()), allowed, reason(payload)));
      // Tried again at once it would end the same way, so no client shall.
      case OutOfMemorySpent(int losses, int allowed) ->
          ReapiStatus.failedPrecondition(
              "the action ran out of memory %d times (on %s), %d are forgiven (scheduler.attempts.outOfMemory)%s; give its pool more memory per slot"
                  .formatted(losses, names(payload.tried()), allowed, reason(payload)));
      case Poisonous(List<ExecutorId> executors) ->
          ReapiStatus.failedPrecondition(
              "every executor that ran the action died: %s, the last one with nothing else beside it; look into their logs before it is run again"
                  .formatted(names(executors)));
    };
  }

  private static String names(List<ExecutorId> executors) {
    return executors.isEmpty()
        ? "none known"
        : executors.stream().map(ExecutorId::name).distinct().collect(Collectors.joining(", "));
  }

  private static String reason(OperationPayload payload) {
    return payload.lastFailure().isEmpty() ? "" : "; the last one said: " + payload.lastFailure();
  }
}
