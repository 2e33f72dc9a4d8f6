package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Speaks HTTP/2 by hand, to be slower or busier than any gRPC client would be. */
final class HostileConnectionTest {
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int ACK = 1;
  private static final int ENHANCE_YOUR_CALM = 11;

  @Test
  void clientsThatPingEveryTenSecondsArePermitted() {
    assertThat(TransportLimits.PERMITTED_KEEPALIVE).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void keepalivePingsAreAnswered_withoutACallOpen_whenTheyKeepThePermittedPause() throws Exception {
    Duration pause = Duration.ofMillis(1);
    try (GrpcServer server =
            start(GrpcServer.builder(Endpoint.loopback(0)).permittedKeepalive(pause));
        Connection connection = new Connection(server)) {
      connection.open();

      for (int i = 0; i < 20; i++) {
        // Counted from the last answer, so that the server, too, sees at least this pause.
        long start = System.nanoTime();
        while (System.nanoTime() - start < 2 * pause.toNanos()) {
          Thread.onSpinWait();
        }
        connection.ping();
        assertThat(connection.awaitPingAnswer()).as("ping %s", i).isZero();
      }
    }
  }

  @Test
  void floodOfPingsIsToldToCalmDown() throws Exception {
    try (GrpcServer server = start(GrpcServer.builder(Endpoint.loopback(0)));
        Connection connection = new Connection(server)) {
      connection.open();

      int error = 0;
      for (int i = 0; i < 20 && error == 0; i++) {
        connection.ping();
        error = connection.awaitPingAnswer();
      }

      assertThat(error).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void connectionThatSaysNothingIsClosed() throws Exception {
    try (GrpcServer server =
            start(
                GrpcServer.builder(Endpoint.loopback(0)).handshakeTimeout(Duration.ofMillis(50)));
        Connection connection = new Connection(server)) {
      assertThat(connection.in.readAllBytes()).hasSizeLessThan(1000);
    }
  }

  private static GrpcServer start(GrpcServer.Builder builder) throws IOException {
    return builder.build().start();
  }

  private static final class Connection implements AutoCloseable {
    final DataInputStream in;
    private final Socket socket;
    private final OutputStream out;

    Connection(GrpcServer server) throws IOException {
      socket = new Socket(server.endpoint().host(), server.port());
      socket.setSoTimeout(10_000);
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    void open() throws IOException {
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      frame(SETTINGS, 0, 0);
      frame(SETTINGS, ACK, 0);
    }

    void ping() throws IOException {
      frame(PING, 0, Long.BYTES);
    }

    private void frame(int type, int flags, int bytes) throws IOException {
      ByteBuffer frame = ByteBuffer.allocate(9 + bytes);
      frame.put(2, (byte) bytes).put(3, (byte) type).put(4, (byte) flags);
      out.write(frame.array());
      out.flush();
    }

    /** Reads until the answer to a ping, 0, or the error code of a GOAWAY. */
    int awaitPingAnswer() throws IOException {
      while (true) {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        in.readInt();
        byte[] payload = in.readNBytes(length);
        if (type == GOAWAY) {
          return ByteBuffer.wrap(payload).getInt(4);
        }
        if (type == PING && (flags & ACK) != 0) {
          return 0;
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
