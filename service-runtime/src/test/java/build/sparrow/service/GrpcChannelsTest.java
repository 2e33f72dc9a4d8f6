package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GrpcChannelsTest {
  private final Names names = new Names();

  /** What a host's name is looked up as; in place of DNS. */
  private static final class Names extends NameResolverProvider {
    private @Nullable InetSocketAddress address;

    synchronized void become(@Nullable InetSocketAddress now) {
      address = now;
    }

    private synchronized void answer(NameResolver.Listener2 listener) {
      if (address == null) {
        listener.onError(Status.UNAVAILABLE.withDescription("no such host"));
      } else {
        listener.onResult(
            NameResolver.ResolutionResult.newBuilder()
                .setAddressesOrError(
                    StatusOr.fromValue(List.of(new EquivalentAddressGroup(address))))
                .build());
      }
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
      return new NameResolver() {
        private @Nullable Listener2 listener;

        @Override
        public String getServiceAuthority() {
          return "name";
        }

        @Override
        public void start(Listener2 first) {
          listener = first;
          answer(first);
        }

        @Override
        public void refresh() {
          if (listener != null) {
            answer(listener);
          }
        }

        @Override
        public void shutdown() {}
      };
    }

    @Override
    public String getDefaultScheme() {
      return "dns";
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 10;
    }
  }

  /** Takes a connection only when it likes, as a machine that is gone; it may refuse it later. */
  private static final class SilentHost implements AutoCloseable {
    private final ServerSocket listening;
    private final List<Socket> waiting = new ArrayList<>();

    SilentHost() throws IOException {
      listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      boolean isFull = false;
      while (!isFull && waiting.size() < 16) {
        Socket socket = new Socket();
        waiting.add(socket);
        try {
          socket.connect(address(), 300);
        } catch (SocketTimeoutException _) {
          isFull = true;
        }
      }
      assertThat(isFull).isTrue();
    }

    InetSocketAddress address() {
      return onLoopback(listening.getLocalPort());
    }

    void refuse() throws IOException {
      listening.close();
    }

    @Override
    public void close() throws IOException {
      refuse();
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  private static InetSocketAddress onLoopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @BeforeEach
  void lookUpNamesHere() {
    NameResolverRegistry.getDefaultRegistry().register(names);
  }

  @AfterEach
  void lookUpNamesByDns() {
    NameResolverRegistry.getDefaultRegistry().deregister(names);
  }

  @Test
  void aPeerThatMovesIsReached_thoughItsOldPlaceFailsLater() throws Exception {
    try (GrpcServer server = GrpcServer.builder(Endpoint.loopback(0)).build().start();
        SilentHost old = new SilentHost()) {
      names.become(old.address());
      ManagedChannel channel = GrpcChannels.connect(new Endpoint("name", 1));
      try {
        await(channel, ConnectivityState.CONNECTING);

        names.become(null);
        channel.resetConnectBackoff();
        await(channel, ConnectivityState.TRANSIENT_FAILURE);
        names.become(onLoopback(server.endpoint().port()));
        await(channel, ConnectivityState.READY);
        old.refuse();

        long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
        while (System.nanoTime() < until) {
          var _ =
              HealthGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(2, TimeUnit.SECONDS)
                  .check(HealthCheckRequest.getDefaultInstance());
          Thread.sleep(50);
        }
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static void await(ManagedChannel channel, ConnectivityState wanted) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (channel.getState(true) != wanted) {
      assertThat(System.nanoTime()).as("not %s yet", wanted).isLessThan(deadline);
      Thread.sleep(10);
    }
  }
}
