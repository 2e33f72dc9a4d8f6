package build.sparrow.service;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows the calls that are open, so that a server that stops can end them as UNAVAILABLE, which
 * clients retry elsewhere. gRPC alone would reset them, and their clients would read CANCELLED.
 */
final class OpenCalls implements ServerInterceptor {
  private final Set<OpenCall<?, ?>> open = ConcurrentHashMap.newKeySet();

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    OpenCall<Q, A> tracked = new OpenCall<>(call);
    open.add(tracked);
    return new SimpleForwardingServerCallListener<>(next.startCall(tracked, headers)) {
      @Override
      public void onComplete() {
        open.remove(tracked);
        super.onComplete();
      }

      @Override
      public void onCancel() {
        open.remove(tracked);
        super.onCancel();
      }
    };
  }

  /** Ends every open call; what their services still send is dropped. */
  void cutOff() {
    open.forEach(OpenCall::cutOff);
  }

  /** A call that two threads may end; gRPC's own calls bear only one. */
  private static final class OpenCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private boolean cut;

    OpenCall(ServerCall<Q, A> call) {
      super(call);
    }

    synchronized void cutOff() {
      if (!cut) {
        cut = true;
        super.close(
            Status.UNAVAILABLE.withDescription("The server is stopping; try again"),
            new Metadata());
      }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!cut) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!cut) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!cut) {
        cut = true;
        super.close(status, trailers);
      }
    }
  }
}
