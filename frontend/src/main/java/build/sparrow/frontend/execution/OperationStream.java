package build.sparrow.frontend.execution;

import build.sparrow.scheduling.owner.Departure;
import com.google.longrunning.Operation;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;

/** One Execute or WaitExecution call; safe for many threads. */
final class OperationStream implements OperationSink {
  private final ServerCallStreamObserver<Operation> responses;
  private final ClientDeparture departure = ClientDeparture.ofCurrentCall();
  private boolean ended;

  private OperationStream(ServerCallStreamObserver<Operation> responses) {
    this.responses = responses;
  }

  /**
   * The stream of the call that this thread serves; to be made in the service method.
   *
   * @param left told once if the client goes before the operation ends, after the method returned
   */
  static OperationStream of(StreamObserver<Operation> responses, Consumer<Departure> left) {
    var call = (ServerCallStreamObserver<Operation>) responses;
    OperationStream stream = new OperationStream(call);
    call.setOnCancelHandler(() -> left.accept(stream.departure.kind()));
    return stream;
  }

  @Override
  public synchronized void update(Operation operation) {
    if (!ended && responses.isReady()) {
      responses.onNext(operation);
    }
  }

  @Override
  public synchronized void finish(Operation operation) {
    if (!ended) {
      ended = true;
      responses.onNext(operation);
      responses.onCompleted();
    }
  }

  @Override
  public synchronized void fail(StatusRuntimeException why) {
    if (!ended) {
      ended = true;
      responses.onError(why);
    }
  }
}
