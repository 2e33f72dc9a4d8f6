package build.sparrow.e2e.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What a cloud's load balancer is: an address that stays, in front of a port of all nodes. A
 * connection goes to a node that answers, and is reset when its node answers no more.
 */
final class LoadBalancer implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofMillis(500);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
  private static final int FAILED_CHECKS = 3;
  private static final int BUFFER_BYTES = 64 << 10;

  private final ServerSocket listener;
  private final Supplier<List<InetSocketAddress>> nodes;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();

  private record Link(Socket client, Socket node, InetSocketAddress address) {
    void close() {
      closeQuietly(client);
      closeQuietly(node);
    }
  }

  private LoadBalancer(ServerSocket listener, Supplier<List<InetSocketAddress>> nodes) {
    this.listener = listener;
    this.nodes = nodes;
  }

  /**
   * Starts one.
   *
   * @param nodes the addresses behind it, asked for with each connection
   */
  static LoadBalancer before(Supplier<List<InetSocketAddress>> nodes) {
    try {
      LoadBalancer started =
          new LoadBalancer(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), nodes);
      Thread.ofVirtual().start(started::accept);
      Thread.ofVirtual().start(started::check);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@code 127.0.0.1:40123}. */
  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException _) {
        // Closed, or a client that went away at once.
      }
    }
  }

  private void connect(Socket client) {
    List<InetSocketAddress> shuffled = new ArrayList<>(nodes.get());
    Collections.shuffle(shuffled);
    for (InetSocketAddress address : shuffled) {
      Socket node = new Socket();
      try {
        node.connect(address, Math.toIntExact(CONNECT_LIMIT.toMillis()));
        node.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
      } catch (IOException _) {
        closeQuietly(node);
        continue;
      }
      Link link = new Link(client, node, address);
      links.add(link);
      Thread.ofVirtual().start(() -> copy(link, client, node));
      copy(link, node, client);
      return;
    }
    closeQuietly(client);
  }

  private void copy(Link link, Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int count = in.read(buffer);
      while (count >= 0) {
        out.write(buffer, 0, count);
        count = in.read(buffer);
      }
    } catch (IOException _) {
      // Either side is gone, and so is the other now.
    }
    link.close();
    links.remove(link);
  }

  private void check() {
    Map<InetSocketAddress, Integer> failures = new HashMap<>();
    while (!listener.isClosed()) {
      for (InetSocketAddress address : links.stream().map(Link::address).distinct().toList()) {
        int failed = answers(address) ? 0 : failures.getOrDefault(address, 0) + 1;
        failures.put(address, failed);
        if (failed >= FAILED_CHECKS) {
          links.stream().filter(link -> link.address().equals(address)).forEach(Link::close);
        }
      }
      try {
        Thread.sleep(CHECK_INTERVAL);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static boolean answers(InetSocketAddress address) {
    try (Socket probe = new Socket()) {
      probe.connect(address, Math.toIntExact(CONNECT_LIMIT.toMillis()));
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // Nothing is left to be done with it.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    links.forEach(Link::close);
  }
}
