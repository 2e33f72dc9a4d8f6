package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import org.junit.jupiter.api.Test;

final class FailureTranslationTest {
  private static final Metadata.Key<String> KEY =
      Metadata.Key.of("detail", Metadata.ASCII_STRING_MARSHALLER);

  @Test
  void clientGetsTheStatusThatAMethodThrows_withItsTrailers() throws Exception {
    Metadata trailers = new Metadata();
    trailers.put(KEY, "more");

    StatusRuntimeException failure =
        failureOf(
            Status.INVALID_ARGUMENT.withDescription("size is -1").asRuntimeException(trailers));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure.getStatus().getDescription()).isEqualTo("size is -1");
    assertThat(failure.getTrailers())
        .isNotNull()
        .satisfies(received -> assertThat(received.get(KEY)).isEqualTo("more"));
  }

  @Test
  void faultsOfOursAreInternal() throws Exception {
    StatusRuntimeException failure = failureOf(new IllegalStateException("index broken"));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(failure.getStatus().getDescription()).contains("index broken");
  }

  private static StatusRuntimeException failureOf(RuntimeException thrown) throws Exception {
    try (GrpcServer server =
        GrpcServer.builder(Endpoint.loopback(0))
            .addService(
                ByteMethods.serving(
                    (request, responses) -> {
                      throw thrown;
                    }))
            .build()
            .start()) {
      ManagedChannel channel = GrpcChannels.connect(server.endpoint());
      try {
        return catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingServerStreamingCall(
                        channel, ByteMethods.STREAM, CallOptions.DEFAULT, new byte[0])
                    .next());
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
