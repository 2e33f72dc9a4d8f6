package build.sparrow.service;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class GrpcServerTest {
  @Test
  void answersHealthChecks_asTheProcessAndEachServiceStand() throws Exception {
    try (GrpcServer server = server((request, responses) -> {});
        Client client = new Client(server)) {
      server.setHealth("build.bazel.remote.execution.v2.Execution", false);

      assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
      assertThat(client.health("build.bazel.remote.execution.v2.Execution"))
          .isEqualTo(ServingStatus.NOT_SERVING);
      assertThat(
              catchThrowableOfType(StatusRuntimeException.class, () -> client.health("unknown"))
                  .getStatus()
                  .getCode())
          .isEqualTo(Status.Code.NOT_FOUND);
    }
  }

  @Test
  void listsItsServicesByReflection() throws Exception {
    try (GrpcServer server = server((request, responses) -> {});
        Client client = new Client(server)) {
      CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
      StreamObserver<ServerReflectionRequest> asking =
          ServerReflectionGrpc.newStub(client.channel)
              .serverReflectionInfo(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                      answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                      answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                  });
      asking.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

      assertThat(answer.get(10, SECONDS).getListServicesResponse().getServiceList())
          .extracting(ServiceResponse::getName)
          .contains(
              "grpc.health.v1.Health",
              "grpc.reflection.v1.ServerReflection",
              "grpc.reflection.v1alpha.ServerReflection");
      asking.onCompleted();
    }
  }

  @Test
  void servesEachCallOnAVirtualThread() throws Exception {
    try (GrpcServer server =
            server(
                (request, responses) -> {
                  responses.onNext(
                      new byte[] {(byte) (Thread.currentThread().isVirtual() ? 1 : 0)});
                  responses.onCompleted();
                });
        Client client = new Client(server)) {
      assertThat(client.stream(1).next()).containsExactly(1);
    }
  }

  @Test
  void saysWhatToDo_whenThePortIsInUse() throws Exception {
    try (GrpcServer server = server((request, responses) -> {})) {
      assertThatThrownBy(() -> GrpcServer.builder(server.endpoint()).build().start())
          .hasMessage(
              "Port %d of 127.0.0.1 is in use; stop what listens there or choose another port"
                  .formatted(server.port()));
    }
  }

  @Test
  void saysWhatToDo_whenTheHostIsNotOurs() {
    assertThatThrownBy(() -> GrpcServer.builder(new Endpoint("192.0.2.1", 0)).build().start())
        .hasMessageContaining("192.0.2.1 is no address of this machine");
    assertThatThrownBy(
            () -> GrpcServer.builder(new Endpoint("no-such-host.invalid", 0)).build().start())
        .hasMessageContaining("no-such-host.invalid is no address of this machine");
  }

  @Test
  void acceptsAFullBatchAndRefusesMore() throws Exception {
    try (GrpcServer server =
            server(
                (request, responses) -> {
                  responses.onNext(new byte[1]);
                  responses.onCompleted();
                });
        Client client = new Client(server)) {
      assertThat(client.stream(TransportLimits.MAX_BATCH_BYTES + 1000).next()).hasSize(1);
      assertThat(codeOf(() -> client.stream(TransportLimits.MAX_MESSAGE_BYTES + 1).next()))
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
  }

  @Test
  void refusesHugeMetadata() throws Exception {
    Metadata huge = new Metadata();
    huge.put(
        Metadata.Key.of("x-huge", Metadata.ASCII_STRING_MARSHALLER),
        "a".repeat(TransportLimits.MAX_METADATA_BYTES));
    try (GrpcServer server = server((request, responses) -> {});
        Client client = new Client(server)) {
      assertThat(
              codeOf(
                  () ->
                      HealthGrpc.newBlockingStub(client.channel)
                          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(huge))
                          .check(HealthCheckRequest.getDefaultInstance())))
          .isNotEqualTo(Status.Code.OK);
    }
  }

  @Test
  void openCallsMayEnd_whileTheServerStops() throws Exception {
    CountDownLatch accepted = new CountDownLatch(1);
    CountDownLatch stopping = new CountDownLatch(1);
    GrpcServer server =
        GrpcServer.builder(Endpoint.loopback(0))
            .stopGrace(Duration.ofSeconds(20))
            .addService(
                ByteMethods.serving(
                    (request, responses) -> {
                      accepted.countDown();
                      awaitUninterruptibly(stopping);
                      responses.onNext(new byte[] {42});
                      responses.onCompleted();
                    }))
            .build()
            .start();
    try (Client client = new Client(server)) {
      Iterator<byte[]> answers = client.stream(1);
      accepted.await();

      Thread closing = Thread.startVirtualThread(server::close);
      awaitRefusal(server.endpoint());
      stopping.countDown();

      assertThat(answers.next()).containsExactly(42);
      closing.join();
    }
  }

  @Test
  void callsThatOutliveTheGraceAreCutOff() throws Exception {
    CountDownLatch accepted = new CountDownLatch(1);
    GrpcServer server =
        GrpcServer.builder(Endpoint.loopback(0))
            .stopGrace(Duration.ZERO)
            .addService(ByteMethods.serving((request, responses) -> accepted.countDown()))
            .build()
            .start();
    try (Client client = new Client(server)) {
      Iterator<byte[]> answers = client.stream(1);
      accepted.await();

      server.close();

      assertThat(codeOf(answers::next)).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void channelComesBackByItself_whenTheServerRestarts() throws Exception {
    GrpcServer first = server((request, responses) -> {});
    Endpoint endpoint = first.endpoint();
    try (Client client = new Client(first)) {
      assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
      first.close();
      assertThat(codeOf(() -> client.health(""))).isEqualTo(Status.Code.UNAVAILABLE);

      try (GrpcServer second = GrpcServer.builder(endpoint).build().start()) {
        assertThat(second.port()).isEqualTo(endpoint.port());
        assertThat(
                HealthGrpc.newBlockingStub(client.channel)
                    .withWaitForReady()
                    .withDeadlineAfter(10, SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus())
            .isEqualTo(ServingStatus.SERVING);
      }
    }
  }

  private static GrpcServer server(ServerCalls.ServerStreamingMethod<byte[], byte[]> method)
      throws Exception {
    return GrpcServer.builder(Endpoint.loopback(0))
        .addService(ByteMethods.serving(method))
        .build()
        .start();
  }

  private static Status.Code codeOf(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns once nothing listens there any more: the server has begun to stop. */
  private static void awaitRefusal(Endpoint endpoint) throws InterruptedException {
    for (ServingStatus status = ServingStatus.SERVING; status == ServingStatus.SERVING; ) {
      ManagedChannel channel = GrpcChannels.connect(endpoint);
      try {
        status =
            HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
      } catch (StatusRuntimeException e) {
        return;
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static final class Client implements AutoCloseable {
    final ManagedChannel channel;

    Client(GrpcServer server) {
      channel = GrpcChannels.connect(server.endpoint());
    }

    ServingStatus health(String service) {
      return HealthGrpc.newBlockingStub(channel)
          .check(HealthCheckRequest.newBuilder().setService(service).build())
          .getStatus();
    }

    Iterator<byte[]> stream(int requestBytes) {
      return ClientCalls.blockingServerStreamingCall(
          channel, ByteMethods.STREAM, CallOptions.DEFAULT, new byte[requestBytes]);
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }
}
