package build.sparrow.frontend.ownership;

import build.sparrow.frontend.execution.CallMetadata;
import build.sparrow.frontend.execution.ClientDeparture;
import build.sparrow.reapi.InvocationKey;
import com.google.longrunning.Operation;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.function.Supplier;

/** Passes a call on to another frontend and its answers back; the other one never passes it on. */
public final class Relay implements ServerInterceptor {
  private static final Metadata.Key<String> RELAYED =
      Metadata.Key.of("sparrow-relayed", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<Boolean> IS_RELAYED = Context.key("sparrow-relayed");

  /** Who lost the connection may be back, to this frontend or another; as long as for our own. */
  private static final Duration LOST_GRACE = Duration.ofSeconds(15);

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return headers.containsKey(RELAYED)
        ? Contexts.interceptCall(Context.current().withValue(IS_RELAYED, true), call, headers, next)
        : next.startCall(call, headers);
  }

  /** Whether another frontend has passed the current call on. */
  static boolean isRelayed() {
    return Boolean.TRUE.equals(IS_RELAYED.get());
  }

  /** The stub with what the client of the current call says of itself. */
  static <S extends AbstractStub<S>> S with(S stub) {
    Metadata headers = new Metadata();
    headers.put(RELAYED, "1");
    headers.put(InvocationKey.REQUEST_METADATA, CallMetadata.current());
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /**
   * Passes on what comes until it ends; blocks meanwhile. A client that goes takes the other call
   * with it, at once or when it has had its time to come back.
   *
   * @param call begins the call to the other frontend
   * @return false if the other frontend went away before the end; the client is not told
   */
  static boolean pass(Supplier<Iterator<Operation>> call, StreamObserver<Operation> responses) {
    var client = (ServerCallStreamObserver<Operation>) responses;
    ClientDeparture departure = ClientDeparture.ofCurrentCall();
    // Of its own, since gRPC would cancel the other call with this one, whatever the reason.
    CancellableContext upstream = Context.current().fork().withCancellation();
    Context.CancellationListener gone = _ -> letGo(upstream, departure);
    Context.current().addListener(gone, Relay::inBackground);
    try {
      Iterator<Operation> operations = upstream.wrap(call::get).call();
      while (upstream.wrap(operations::hasNext).call()) {
        Operation operation = operations.next();
        if (operation.getDone() || client.isReady()) {
          client.onNext(operation);
        }
      }
      client.onCompleted();
      return true;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE && !client.isCancelled()) {
        return false;
      }
      throw e;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("Passing a call on failed", e);
    } finally {
      Context.current().removeListener(gone);
      upstream.cancel(null);
    }
  }

  private static void letGo(CancellableContext upstream, ClientDeparture departure) {
    switch (departure.kind()) {
      case CANCELLED -> upstream.cancel(null);
      case CONNECTION_LOST -> {
        try {
          Thread.sleep(LOST_GRACE);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        upstream.cancel(null);
      }
    }
  }

  private static void inBackground(Runnable task) {
    Thread.ofVirtual().name("relay").start(task);
  }
}
