package build.sparrow.cas.replica.member;

import build.sparrow.cas.replica.EpochHeader;
import build.sparrow.cas.replica.call.Placement;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.OptionalInt;

/**
 * Refuses calls that go by another placement than the shard has. One that was begun before the
 * shard got its placement fails at its end: what it has stored is there before another shard that
 * knows the new placement can ask for it, and what it has denied counts no more.
 */
final class PlacementFence implements ServerInterceptor {
  private final Members members;

  PlacementFence(Members members) {
    this.members = members;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    OptionalInt epoch;
    try {
      epoch = EpochHeader.of(headers);
    } catch (NumberFormatException e) {
      call.close(
          Status.INVALID_ARGUMENT.withDescription("The header sparrow-epoch is no number"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    if (epoch.isEmpty()) {
      return next.startCall(call, headers);
    }
    if (!isAt(epoch.getAsInt())) {
      call.close(refusal(epoch.getAsInt()), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    // What was read is right, whoever has been asked for it.
    return call.getMethodDescriptor().getType() == MethodType.SERVER_STREAMING
        ? next.startCall(call, headers)
        : next.startCall(new Fenced<>(call, epoch.getAsInt()), headers);
  }

  private boolean isAt(int epoch) {
    return members.known().map(Placement::epoch).filter(own -> own == epoch).isPresent();
  }

  private Status refusal(int epoch) {
    return Status.UNAVAILABLE.withDescription(
        members
            .known()
            .map(
                own ->
                    "The storage has %s, which is epoch %d; the call goes by epoch %d"
                        .formatted(own, own.epoch(), epoch))
            .orElse("The shard does not know yet which shards the farm has"));
  }

  private final class Fenced<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final int epoch;

    Fenced(ServerCall<Q, R> call, int epoch) {
      super(call);
      this.epoch = epoch;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      super.close(status.isOk() && !isAt(epoch) ? refusal(epoch) : status, trailers);
    }
  }
}
