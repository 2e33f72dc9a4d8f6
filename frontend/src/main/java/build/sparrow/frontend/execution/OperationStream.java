package build.sparrow.frontend.execution;

import build.sparrow.scheduling.owner.Departure;
import build.sparrow.service.ConnectionState;
import com.google.longrunning.Operation;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One Execute or WaitExecution call; safe for many threads. */
final class OperationStream implements OperationSink {
  /**
   * A client whose own deadline ends its call means to wait again; its clock may be ahead of ours.
   */
  private static final long DEADLINE_SLACK_SECONDS = 1;

  private final ServerCallStreamObserver<Operation> responses;
  private final ConnectionState connection = ConnectionState.current();
  private final @Nullable Deadline deadline = Context.current().getDeadline();
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
    call.setOnCancelHandler(() -> left.accept(stream.departure()));
    return stream;
  }

  private Departure departure() {
    boolean timedOut =
        deadline != null
            && deadline.timeRemaining(TimeUnit.NANOSECONDS)
                < TimeUnit.SECONDS.toNanos(DEADLINE_SLACK_SECONDS);
    return connection.lost() || timedOut ? Departure.CONNECTION_LOST : Departure.CANCELLED;
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
