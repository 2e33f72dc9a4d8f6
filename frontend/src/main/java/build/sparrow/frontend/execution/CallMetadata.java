package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.RequestMetadata;
import build.sparrow.reapi.InvocationKey;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;

/** Makes what a client says of its invocation known to the services of a call. */
public final class CallMetadata implements ServerInterceptor {
  private static final Context.Key<RequestMetadata> KEY = Context.key("sparrow-request-metadata");

  /** What the client of the current call says; empty outside of calls and if it says nothing. */
  public static RequestMetadata current() {
    RequestMetadata metadata = KEY.get();
    return metadata == null ? RequestMetadata.getDefaultInstance() : metadata;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Context context = Context.current().withValue(KEY, read(headers));
    return Contexts.interceptCall(context, call, headers, next);
  }

  /** It is for people and fairness only, so nobody is turned away for a header that is garbled. */
  private static RequestMetadata read(Metadata headers) {
    try {
      return InvocationKey.requestMetadata(headers);
    } catch (StatusRuntimeException e) {
      return RequestMetadata.getDefaultInstance();
    }
  }
}
