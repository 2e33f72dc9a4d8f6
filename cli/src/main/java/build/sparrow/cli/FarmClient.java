package build.sparrow.cli;

import build.sparrow.farm.v1.DrainRequest;
import build.sparrow.farm.v1.DrainResponse;
import build.sparrow.farm.v1.FarmGrpc;
import build.sparrow.farm.v1.InspectRequest;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.InspectStorageRequest;
import build.sparrow.farm.v1.InspectStorageResponse;
import build.sparrow.farm.v1.WhyRequest;
import build.sparrow.farm.v1.WhyResponse;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Asks one frontend about itself; what it answers as an error becomes a line for a person. */
final class FarmClient implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 10;

  private final Endpoint endpoint;
  private final ManagedChannel channel;

  FarmClient(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.channel = GrpcChannels.connect(endpoint);
  }

  InspectResponse inspect() throws CommandFailure {
    return ask(farm -> farm.inspect(InspectRequest.getDefaultInstance()));
  }

  InspectStorageResponse inspectStorage() throws CommandFailure {
    return ask(farm -> farm.inspectStorage(InspectStorageRequest.getDefaultInstance()));
  }

  WhyResponse why(String operation) throws CommandFailure {
    return ask(farm -> farm.why(WhyRequest.newBuilder().setOperation(operation).build()));
  }

  DrainResponse drain(String executor) throws CommandFailure {
    return ask(farm -> farm.drain(DrainRequest.newBuilder().setExecutor(executor).build()));
  }

  private <A> A ask(Function<FarmGrpc.FarmBlockingStub, A> question) throws CommandFailure {
    try {
      return question.apply(
          FarmGrpc.newBlockingStub(channel).withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    } catch (StatusRuntimeException e) {
      throw new CommandFailure(explain(e.getStatus()), e);
    }
  }

  private String explain(Status status) {
    String said = status.getDescription() == null ? "" : ": " + status.getDescription();
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          "Nothing answers at %s; start a farm with sparrow up, or name its --endpoint"
              .formatted(endpoint.uri());
      case UNIMPLEMENTED ->
          "%s is no frontend of a Sparrow farm; name one with --endpoint".formatted(endpoint.uri());
      case DEADLINE_EXCEEDED ->
          "%s did not answer within %d s; try again or look at its log"
              .formatted(endpoint.uri(), TIMEOUT_SECONDS);
      case NOT_FOUND -> "%s does not know it%s".formatted(endpoint.uri(), said);
      default -> "%s answered %s%s".formatted(endpoint.uri(), status.getCode(), said);
    };
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
