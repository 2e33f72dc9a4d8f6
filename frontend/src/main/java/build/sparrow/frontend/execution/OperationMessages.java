package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ExecuteOperationMetadata;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutedActionMetadata;
import build.bazel.remote.execution.v2.ExecutionStage;
import build.sparrow.reapi.ActionKey;
import com.google.longrunning.Operation;
import com.google.protobuf.Any;

/** Operations as they travel. */
final class OperationMessages {
  private OperationMessages() {}

  /** An operation whose result is being looked up. */
  static Operation cacheCheck(String name, ActionKey key) {
    return unfinished(
        name, key, ExecutionStage.Value.CACHE_CHECK, ExecutedActionMetadata.getDefaultInstance());
  }

  /** An operation that is still under way. */
  static Operation unfinished(
      String name, ActionKey key, ExecutionStage.Value stage, ExecutedActionMetadata partial) {
    return Operation.newBuilder().setName(name).setMetadata(metadata(key, stage, partial)).build();
  }

  /**
   * An operation that has ended. The protocol wants failures in the response, never in {@code
   * Operation.error}.
   */
  static Operation finished(String name, ActionKey key, ExecuteResponse response) {
    return Operation.newBuilder()
        .setName(name)
        .setMetadata(
            metadata(
                key, ExecutionStage.Value.COMPLETED, response.getResult().getExecutionMetadata()))
        .setDone(true)
        .setResponse(Any.pack(response))
        .build();
  }

  private static Any metadata(
      ActionKey key, ExecutionStage.Value stage, ExecutedActionMetadata partial) {
    ExecuteOperationMetadata.Builder metadata =
        ExecuteOperationMetadata.newBuilder()
            .setStage(stage)
            .setActionDigest(key.action().toProto())
            .setDigestFunction(key.function().toProto());
    if (!partial.equals(ExecutedActionMetadata.getDefaultInstance())) {
      metadata.setPartialExecutionMetadata(partial);
    }
    return Any.pack(metadata.build());
  }
}
