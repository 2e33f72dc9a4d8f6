package build.sparrow.frontend.ownership;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.OperationsGrpc.OperationsBlockingStub;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.Function;

/** Asks the frontend that named an operation about it. */
public final class OwnedOperations extends OperationsGrpc.OperationsImplBase {
  private final OperationsGrpc.OperationsImplBase own;
  private final Peers peers;

  /** Takes what knows the operations of this frontend. */
  public OwnedOperations(OperationsGrpc.OperationsImplBase own, Peers peers) {
    this.own = own;
    this.peers = peers;
  }

  @Override
  public void getOperation(GetOperationRequest request, StreamObserver<Operation> responses) {
    if (!answered(request.getName(), responses, other -> other.getOperation(request))) {
      own.getOperation(request, responses);
    }
  }

  @Override
  public void waitOperation(WaitOperationRequest request, StreamObserver<Operation> responses) {
    if (!answered(request.getName(), responses, other -> other.waitOperation(request))) {
      own.waitOperation(request, responses);
    }
  }

  @Override
  public void cancelOperation(CancelOperationRequest request, StreamObserver<Empty> responses) {
    if (!answered(request.getName(), responses, other -> other.cancelOperation(request))) {
      own.cancelOperation(request, responses);
    }
  }

  @Override
  public void deleteOperation(DeleteOperationRequest request, StreamObserver<Empty> responses) {
    if (!answered(request.getName(), responses, other -> other.deleteOperation(request))) {
      own.deleteOperation(request, responses);
    }
  }

  /** Lists those of this frontend alone: no call says where a page of another one goes on. */
  @Override
  public void listOperations(
      ListOperationsRequest request, StreamObserver<ListOperationsResponse> responses) {
    own.listOperations(request, responses);
  }

  private <A> boolean answered(
      String name, StreamObserver<A> responses, Function<OperationsBlockingStub, A> call) {
    Optional<OperationsBlockingStub> namer =
        Relay.isRelayed()
            ? Optional.empty()
            : peers.namer(name).map(OperationsGrpc::newBlockingStub).map(Relay::with);
    namer.ifPresent(
        stub -> {
          responses.onNext(call.apply(stub));
          responses.onCompleted();
        });
    return namer.isPresent();
  }
}
