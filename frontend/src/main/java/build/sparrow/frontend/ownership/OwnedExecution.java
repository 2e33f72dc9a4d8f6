package build.sparrow.frontend.ownership;

import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.ExecutionGrpc;
import build.bazel.remote.execution.v2.WaitExecutionRequest;
import build.sparrow.frontend.ownership.Peers.Peer;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.ReapiStatus;
import com.google.longrunning.Operation;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Has each action executed by the frontend whose it is, and followed where it was named. */
public final class OwnedExecution extends ExecutionGrpc.ExecutionImplBase {
  private final ExecutionGrpc.ExecutionImplBase own;
  private final Peers peers;
  private final AtomicInteger passing = new AtomicInteger();

  /** Takes what executes the actions of this frontend. */
  public OwnedExecution(ExecutionGrpc.ExecutionImplBase own, Peers peers) {
    this.own = own;
    this.peers = peers;
  }

  @Override
  public void execute(ExecuteRequest request, StreamObserver<Operation> responses) {
    if (!Relay.isRelayed()) {
      ActionKey key =
          ActionKey.parse(
              request.getInstanceName(), request.getDigestFunction(), request.getActionDigest());
      for (Peer owner : peers.owners(key)) {
        ManagedChannel channel = owner.channel();
        if (channel == null) {
          break;
        }
        // If it goes away meanwhile, the next one executes the action, or finds it running.
        if (pass(
            () -> Relay.with(ExecutionGrpc.newBlockingStub(channel)).execute(request), responses)) {
          return;
        }
        peers.sentAway(owner);
      }
    }
    own.execute(request, responses);
  }

  @Override
  public void waitExecution(WaitExecutionRequest request, StreamObserver<Operation> responses) {
    Optional<Channel> namer = Relay.isRelayed() ? Optional.empty() : peers.namer(request.getName());
    if (namer.isEmpty()) {
      own.waitExecution(request, responses);
    } else if (!pass(
        () -> Relay.with(ExecutionGrpc.newBlockingStub(namer.get())).waitExecution(request),
        responses)) {
      // Clients execute again what is not known, and so come to the frontend that has it by then.
      throw ReapiStatus.notFound(
          "operation %s is not known: the frontend that ran it is gone; execute the action again"
              .formatted(ReapiStatus.quote(request.getName())));
    }
  }

  private boolean pass(Supplier<Iterator<Operation>> call, StreamObserver<Operation> responses) {
    passing.incrementAndGet();
    try {
      return Relay.pass(call, responses);
    } finally {
      passing.decrementAndGet();
    }
  }

  /** Whether clients of this frontend follow what another one executes. */
  public boolean passesOn() {
    return passing.get() > 0;
  }
}
