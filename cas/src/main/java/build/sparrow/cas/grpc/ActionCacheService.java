package build.sparrow.cas.grpc;

import build.bazel.remote.execution.v2.ActionCacheGrpc.ActionCacheImplBase;
import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.GetActionResultRequest;
import build.bazel.remote.execution.v2.UpdateActionResultRequest;
import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.InlinedOutputs;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.ReapiStatus;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Set;

/** Serves an action cache, with outputs inlined as asked from the store they are in. */
public final class ActionCacheService extends ActionCacheImplBase {
  private final ActionCache cache;
  private final BlobStore blobs;

  public ActionCacheService(ActionCache cache, BlobStore blobs) {
    this.cache = cache;
    this.blobs = blobs;
  }

  @Override
  public void getActionResult(
      GetActionResultRequest request, StreamObserver<ActionResult> responses) {
    StoreStatus.answer(responses, () -> get(request));
  }

  private ActionResult get(GetActionResultRequest request) throws IOException {
    ActionKey key =
        ActionKey.parse(
            request.getInstanceName(), request.getDigestFunction(), request.getActionDigest());
    ActionResult result =
        cache
            .get(key)
            .orElseThrow(
                () -> ReapiStatus.notFound("Action " + key + " has no result in the cache"));
    return InlinedOutputs.of(result)
        .stdout(request.getInlineStdout())
        .stderr(request.getInlineStderr())
        .files(Set.copyOf(request.getInlineOutputFilesList()))
        .readFrom(blobs, BlobScope.of(key));
  }

  @Override
  public void updateActionResult(
      UpdateActionResultRequest request, StreamObserver<ActionResult> responses) {
    StoreStatus.answer(responses, () -> update(request));
  }

  private ActionResult update(UpdateActionResultRequest request) throws IOException {
    ActionKey key =
        ActionKey.parse(
            request.getInstanceName(), request.getDigestFunction(), request.getActionDigest());
    if (!request.hasActionResult()) {
      throw ReapiStatus.invalidArgument(
          "action_result is not set: expected the result of action " + key);
    }
    cache.put(key, request.getActionResult());
    return request.getActionResult();
  }
}
