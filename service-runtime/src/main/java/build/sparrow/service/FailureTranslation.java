package build.sparrow.service;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the status that a service method throws to the client, where gRPC alone would answer
 * UNKNOWN. What is not a status is a fault of ours: it is logged and answered INTERNAL.
 */
final class FailureTranslation implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(FailureTranslation.class);

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    ServerCall.Listener<Q> listener;
    try {
      listener = next.startCall(call, headers);
    } catch (RuntimeException e) {
      close(call, e);
      return new ServerCall.Listener<>() {};
    }
    return new TranslatingListener<>(call, listener);
  }

  private static void close(ServerCall<?, ?> call, RuntimeException failure) {
    Status status;
    Metadata trailers = null;
    if (failure instanceof StatusRuntimeException known) {
      status = known.getStatus();
      trailers = known.getTrailers();
    } else {
      log.atError()
          .addKeyValue("method", call.getMethodDescriptor().getFullMethodName())
          .setCause(failure)
          .log("A service method failed unexpectedly");
      status = Status.INTERNAL.withDescription("Internal error, see the server's log: " + failure);
    }
    try {
      call.close(status, trailers == null ? new Metadata() : trailers);
    } catch (IllegalStateException e) {
      log.atDebug().setCause(e).log("The call was closed before its failure could be sent");
    }
  }

  private static final class TranslatingListener<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;

    TranslatingListener(ServerCall<Q, ?> call, ServerCall.Listener<Q> delegate) {
      super(delegate);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      translating(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      translating(super::onHalfClose);
    }

    @Override
    public void onReady() {
      translating(super::onReady);
    }

    private void translating(Runnable event) {
      try {
        event.run();
      } catch (RuntimeException e) {
        close(call, e);
      }
    }
  }
}
