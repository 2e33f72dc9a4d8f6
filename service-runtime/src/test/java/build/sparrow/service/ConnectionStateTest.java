package build.sparrow.service;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ConnectionStateTest {
  private final CountDownLatch accepted = new CountDownLatch(1);
  private final BlockingQueue<Boolean> lostWhenCancelled = new ArrayBlockingQueue<>(1);

  @Test
  void cancelledCallIsNotLost() throws Exception {
    try (GrpcServer server = server()) {
      ManagedChannel channel = GrpcChannels.connect(server.endpoint());
      ClientCall<byte[], byte[]> call = call(channel);
      accepted.await();

      call.cancel("enough", null);

      assertThat(lostWhenCancelled.poll(10, SECONDS)).isFalse();
      channel.shutdownNow();
    }
  }

  @Test
  void callUnderABrokenConnectionIsLost() throws Exception {
    try (GrpcServer server = server();
        Relay relay = new Relay(server.endpoint())) {
      ManagedChannel channel = GrpcChannels.connect(relay.endpoint());
      call(channel);
      accepted.await();

      relay.cut();

      assertThat(lostWhenCancelled.poll(10, SECONDS)).isTrue();
      channel.shutdownNow();
    }
  }

  @Test
  void clientThatLeavesPolitelyHasCancelledItsCalls() throws Exception {
    try (GrpcServer server = server()) {
      ManagedChannel channel = GrpcChannels.connect(server.endpoint());
      call(channel);
      accepted.await();

      channel.shutdownNow();

      assertThat(lostWhenCancelled.poll(10, SECONDS)).isFalse();
    }
  }

  @Test
  void nothingIsLost_outsideACall() {
    assertThat(ConnectionState.current().lost()).isFalse();
  }

  private GrpcServer server() throws Exception {
    return GrpcServer.builder(Endpoint.loopback(0))
        .addService(ByteMethods.serving(this::neverAnswers))
        .build()
        .start();
  }

  private void neverAnswers(byte[] request, StreamObserver<byte[]> responses) {
    ConnectionState connection = ConnectionState.current();
    ((ServerCallStreamObserver<byte[]>) responses)
        .setOnCancelHandler(() -> lostWhenCancelled.add(connection.lost()));
    accepted.countDown();
  }

  private static ClientCall<byte[], byte[]> call(ManagedChannel channel) {
    ClientCall<byte[], byte[]> call = channel.newCall(ByteMethods.STREAM, CallOptions.DEFAULT);
    ClientCalls.asyncServerStreamingCall(call, new byte[1], new IgnoringObserver());
    return call;
  }

  private static final class IgnoringObserver implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] value) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
