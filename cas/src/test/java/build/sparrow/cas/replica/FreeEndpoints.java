package build.sparrow.cas.replica;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Where shards can listen that must know each other's ports before they start. */
final class FreeEndpoints {
  // Below the ports that outgoing connections get, so that none of those takes one meanwhile.
  private static final int FIRST_PORT = 20_000;
  private static final int LAST_PORT = 32_000;
  private static final int MOST_TRIES = 1_000;

  private FreeEndpoints() {}

  /** As many, all different. */
  static List<Endpoint> of(int count) {
    Set<Endpoint> free = new LinkedHashSet<>();
    for (int tries = 0; free.size() < count; tries++) {
      assertThat(tries).as("ports tried").isLessThan(MOST_TRIES);
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        free.add(Endpoint.loopback(port));
      } catch (IOException e) {
        // Somebody listens there.
      }
    }
    return List.copyOf(free);
  }
}
