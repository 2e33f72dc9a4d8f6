package build.sparrow.service;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Why a call that a service sees as cancelled has ended: the client gave it up, or the connection
 * was lost under it and the client may come back. gRPC shows a service both as one cancellation.
 */
public final class ConnectionState {
  private static final Context.Key<ConnectionState> KEY = Context.key("sparrow-connection-state");

  private volatile boolean lost;

  private ConnectionState() {}

  /**
   * The state of the call that this thread serves; to be asked for in the service method and kept.
   * Outside a call of {@link GrpcServer} it is one that never becomes lost.
   */
  public static ConnectionState current() {
    ConnectionState state = KEY.get();
    return state == null ? new ConnectionState() : state;
  }

  /** Whether the connection broke under the call; true before the call's cancellation is heard. */
  public boolean lost() {
    return lost;
  }

  /**
   * Gives each call its state; the transport's own status tells a reset from a broken connection.
   */
  static ServerStreamTracer.Factory tracers() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Tracer();
      }
    };
  }

  private static final class Tracer extends ServerStreamTracer {
    private final ConnectionState state = new ConnectionState();

    @Override
    public Context filterContext(Context context) {
      return context.withValue(KEY, state);
    }

    @Override
    public void streamClosed(Status status) {
      state.lost = status.getCode() == Status.Code.UNAVAILABLE;
    }
  }
}
