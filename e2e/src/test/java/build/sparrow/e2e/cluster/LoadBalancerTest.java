package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.farm.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LoadBalancerTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  @Test
  void aConnectionGoesToANodeThatAnswers_andEndsWhenItAnswersNoMore() throws IOException {
    InetSocketAddress dead = unused();
    ServerSocket node = new ServerSocket(0, 8, HERE);
    InetSocketAddress alive = new InetSocketAddress(HERE, node.getLocalPort());
    try (LoadBalancer balancer = LoadBalancer.before(() -> List.of(dead, alive))) {
      String address = balancer.address();
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      try (Socket client = new Socket(HERE, port);
          Socket served = node.accept()) {
        client.getOutputStream().write(7);
        int received = served.getInputStream().read();
        node.close(); // The connection stays, as it does to a machine without power.
        client.setSoTimeout(Math.toIntExact(Duration.ofSeconds(20).toMillis()));
        int end = client.getInputStream().read();

        assertThat(received).isEqualTo(7);
        assertThat(end).isEqualTo(-1);
        Eventually.holds(
            "the node's end is closed, too", Duration.ofSeconds(5), () -> isClosed(served));
      }
    }
  }

  private static boolean isClosed(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException _) {
      return true;
    }
  }

  private static InetSocketAddress unused() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, HERE)) {
      return new InetSocketAddress(HERE, closed.getLocalPort());
    }
  }
}
