package build.sparrow.cas.client;

import build.bazel.remote.execution.v2.ActionCacheGrpc;
import build.bazel.remote.execution.v2.ActionCacheGrpc.ActionCacheBlockingV2Stub;
import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.GetActionResultRequest;
import build.bazel.remote.execution.v2.UpdateActionResultRequest;
import build.sparrow.cas.ActionCache;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.InvalidActionResultException;
import build.sparrow.reapi.ActionKey;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The action cache of another process. */
public final class RemoteActionCache implements ActionCache {
  private static final int CALL_SECONDS = 20;

  private final ActionCacheBlockingV2Stub stub;
  private final Retries retries;

  /** A cache at the end of the channel, which stays the caller's. */
  public RemoteActionCache(Channel channel) {
    this(channel, new Retries());
  }

  /** As {@link #RemoteActionCache(Channel)}, but a call that fails is not repeated. */
  public static RemoteActionCache trying(Channel channel) {
    return new RemoteActionCache(channel, Retries.none());
  }

  RemoteActionCache(Channel channel, Retries retries) {
    this.stub = ActionCacheGrpc.newBlockingV2Stub(channel);
    this.retries = retries;
  }

  @Override
  public Optional<ActionResult> get(ActionKey key) throws IOException {
    GetActionResultRequest request =
        GetActionResultRequest.newBuilder()
            .setInstanceName(key.instance().value())
            .setDigestFunction(key.function().toProto())
            .setActionDigest(key.action().toProto())
            .build();
    return retries.call("GetActionResult", () -> get(request));
  }

  private Optional<ActionResult> get(GetActionResultRequest request) throws StatusException {
    try {
      return Optional.of(
          stub.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS).getActionResult(request));
    } catch (StatusException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    UpdateActionResultRequest request =
        UpdateActionResultRequest.newBuilder()
            .setInstanceName(key.instance().value())
            .setDigestFunction(key.function().toProto())
            .setActionDigest(key.action().toProto())
            .setActionResult(result)
            .build();
    try {
      var _ =
          retries.call(
              "UpdateActionResult",
              () ->
                  stub.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                      .updateActionResult(request));
    } catch (DigestMismatchException e) {
      // INVALID_ARGUMENT, which here speaks of the result.
      throw new InvalidActionResultException(String.valueOf(e.getMessage()), e);
    }
  }
}
