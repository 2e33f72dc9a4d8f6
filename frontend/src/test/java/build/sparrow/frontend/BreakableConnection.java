package build.sparrow.frontend;

import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A way to a server that can be cut, so that neither side can say goodbye. */
final class BreakableConnection implements AutoCloseable {
  private final ServerSocket door;
  private final Endpoint server;
  private volatile Socket near;
  private volatile Socket far;

  private BreakableConnection(Endpoint server) throws IOException {
    this.server = server;
    this.door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    this.near = new Socket();
    this.far = new Socket();
    Thread.startVirtualThread(this::serve);
  }

  static BreakableConnection to(Endpoint server) throws IOException {
    return new BreakableConnection(server);
  }

  Endpoint endpoint() {
    return Endpoint.loopback(door.getLocalPort());
  }

  private void serve() {
    try {
      near = door.accept();
      far = new Socket(server.host(), server.port());
      Thread.startVirtualThread(() -> copy(far, near));
      copy(near, far);
    } catch (IOException e) {
      sever();
    }
  }

  private void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // The connection was cut, which is what this is for.
    }
    sever();
  }

  /** Cuts the connection. */
  void sever() {
    try (var _ = door;
        var _ = near;
        var _ = far) {
      return;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    sever();
  }
}
