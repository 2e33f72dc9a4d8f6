package build.sparrow.frontend.ownership;

import build.bazel.remote.execution.v2.ActionCacheGrpc;
import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.GetActionResultRequest;
import build.bazel.remote.execution.v2.UpdateActionResultRequest;
import build.sparrow.frontend.ownership.Peers.Peer;
import build.sparrow.reapi.ActionKey;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * Has each result written by the frontend whose the action is, since that one knows who waits for
 * it. Results are read wherever they are asked for.
 */
public final class OwnedActionCache extends ActionCacheGrpc.ActionCacheImplBase {
  private final ActionCacheGrpc.ActionCacheImplBase own;
  private final Peers peers;

  /** Takes what reads and writes results at this frontend. */
  public OwnedActionCache(ActionCacheGrpc.ActionCacheImplBase own, Peers peers) {
    this.own = own;
    this.peers = peers;
  }

  @Override
  public void getActionResult(
      GetActionResultRequest request, StreamObserver<ActionResult> responses) {
    own.getActionResult(request, responses);
  }

  @Override
  public void updateActionResult(
      UpdateActionResultRequest request, StreamObserver<ActionResult> responses) {
    ActionResult written = Relay.isRelayed() ? null : writtenByOwner(request);
    if (written == null) {
      own.updateActionResult(request, responses);
    } else {
      responses.onNext(written);
      responses.onCompleted();
    }
  }

  /** Null if this frontend is to write it: the action is its own, or its owner goes away. */
  private @Nullable ActionResult writtenByOwner(UpdateActionResultRequest request) {
    ActionKey key =
        ActionKey.parse(
            request.getInstanceName(), request.getDigestFunction(), request.getActionDigest());
    Peer owner = peers.owners(key).getFirst();
    ManagedChannel channel = owner.channel();
    if (channel == null) {
      return null;
    }
    try {
      return Relay.with(ActionCacheGrpc.newBlockingStub(channel)).updateActionResult(request);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        return null;
      }
      throw e;
    }
  }
}
