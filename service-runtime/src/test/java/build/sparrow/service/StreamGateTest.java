package build.sparrow.service;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class StreamGateTest {
  private static final int MESSAGE_BYTES = 256 << 10;
  private static final int MESSAGES = 256;

  private final AtomicInteger sent = new AtomicInteger();
  private final BlockingQueue<Exception> ended = new ArrayBlockingQueue<>(1);

  @Test
  void everythingArrives_whenTheClientReads() throws Exception {
    try (Fixture fixture =
        new Fixture((request, responses) -> StreamGate.stream(responses, this::sendAll))) {
      fixture.call.request(Integer.MAX_VALUE);

      assertThat(fixture.status.poll(30, SECONDS)).isEqualTo(Status.OK);
      assertThat(fixture.received).hasValue(MESSAGES);
    }
  }

  @Test
  void sendingStopsAndEndsAborted_whenTheClientReadsNothing() throws Exception {
    try (Fixture fixture =
        new Fixture(
            (request, responses) -> {
              StreamGate<byte[]> gate = StreamGate.before(responses, Duration.ofMillis(300));
              Thread.startVirtualThread(() -> recordEnd(gate));
            })) {
      Exception end = ended.poll(30, SECONDS);

      assertThat(Status.fromThrowable(end).getCode()).isEqualTo(Status.Code.ABORTED);
      // In flight: the window of the connection, the threshold, and a message beyond each.
      int mostBytes =
          TransportLimits.FLOW_CONTROL_WINDOW_BYTES
              + TransportLimits.READY_THRESHOLD_BYTES
              + 2 * MESSAGE_BYTES;
      assertThat(sent.get() * (long) MESSAGE_BYTES).isPositive().isLessThanOrEqualTo(mostBytes);
      assertThat(fixture.received).hasValue(0);
    }
  }

  @Test
  void writerIsReleased_whenTheClientGivesUp() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    try (Fixture fixture =
        new Fixture(
            (request, responses) -> {
              StreamGate<byte[]> gate = StreamGate.before(responses);
              Thread.startVirtualThread(
                  () -> {
                    waiting.countDown();
                    recordEnd(gate);
                  });
            })) {
      waiting.await();

      fixture.call.cancel("enough", null);

      assertThat(ended.poll(30, SECONDS)).isInstanceOf(CancellationException.class);
      assertThat(sent).hasValueLessThan(MESSAGES);
    }
  }

  @Test
  void clientGetsTheStatusThatTheWriterThrows() throws Exception {
    try (Fixture fixture =
        new Fixture(
            (request, responses) ->
                StreamGate.stream(
                    responses,
                    gate -> {
                      throw Status.NOT_FOUND.withDescription("no such blob").asException();
                    }))) {
      Status status = fixture.status.take();

      assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(status.getDescription()).isEqualTo("no such blob");
    }
  }

  private void sendAll(StreamGate<byte[]> gate) throws InterruptedException {
    for (int i = 0; i < MESSAGES; i++) {
      gate.send(new byte[MESSAGE_BYTES]);
      sent.incrementAndGet();
    }
  }

  private void recordEnd(StreamGate<byte[]> gate) {
    try {
      sendAll(gate);
    } catch (Exception e) {
      ended.add(e);
    }
  }

  /** A server and a call to it that asks for no messages yet. */
  private static final class Fixture implements AutoCloseable {
    final AtomicInteger received = new AtomicInteger();
    final BlockingQueue<Status> status = new ArrayBlockingQueue<>(1);
    final ClientCall<byte[], byte[]> call;
    private final GrpcServer server;
    private final ManagedChannel channel;

    Fixture(ServerCalls.ServerStreamingMethod<byte[], byte[]> method) throws Exception {
      server =
          GrpcServer.builder(Endpoint.loopback(0))
              .addService(ByteMethods.serving(method))
              .build()
              .start();
      channel = GrpcChannels.connect(server.endpoint());
      call = channel.newCall(ByteMethods.STREAM, CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(byte[] message) {
              received.incrementAndGet();
            }

            @Override
            public void onClose(Status end, Metadata trailers) {
              status.add(end);
            }
          },
          new Metadata());
      call.sendMessage(new byte[0]);
      call.halfClose();
    }

    @Override
    public void close() {
      channel.shutdownNow();
      server.close();
    }
  }
}
