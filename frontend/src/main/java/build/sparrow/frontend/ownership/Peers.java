package build.sparrow.frontend.ownership;

import build.sparrow.frontend.scheduling.Wire;
import build.sparrow.reapi.ActionKey;
import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Rendezvous;
import build.sparrow.service.Endpoint;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The frontends of a farm that can be reached, and which of them an action belongs to, by {@link
 * Rendezvous}.
 */
public final class Peers implements AutoCloseable {
  private final Peer self;
  private final Function<Endpoint, ManagedChannel> dial;
  private volatile List<Peer> others = List.of();
  private boolean closed;

  /**
   * A frontend.
   *
   * @param channel null for this frontend itself
   */
  record Peer(FrontendId id, Endpoint endpoint, String tag, @Nullable ManagedChannel channel) {
    static Peer of(Endpoint endpoint, @Nullable ManagedChannel channel) {
      // By the same name as executors know it.
      FrontendId id = new FrontendId(endpoint.toString());
      return new Peer(id, endpoint, "%08x".formatted(endpoint.toString().hashCode()), channel);
    }

    boolean answers() {
      // Asking also makes an idle channel connect.
      return channel == null || channel.getState(true) == ConnectivityState.READY;
    }
  }

  /**
   * This frontend alone, so far.
   *
   * @param self where others reach it
   * @param dial makes a channel to another one, which is closed here
   */
  public Peers(Endpoint self, Function<Endpoint, ManagedChannel> dial) {
    this.self = Peer.of(self, null);
    this.dial = dial;
  }

  /** From now on these are all; whether this one is among them or not. */
  public synchronized void list(Set<Endpoint> endpoints) {
    if (closed) {
      return;
    }
    Map<Endpoint, Peer> known =
        others.stream().collect(Collectors.toMap(Peer::endpoint, peer -> peer));
    List<Peer> now = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      if (!endpoint.equals(self.endpoint)) {
        Peer peer = known.remove(endpoint);
        now.add(peer == null ? Peer.of(endpoint, dial.apply(endpoint)) : peer);
      }
    }
    now.forEach(Peer::answers);
    others = List.copyOf(now);
    known.values().forEach(Peers::disconnect);
  }

  private static void disconnect(Peer peer) {
    if (peer.channel != null) {
      // What it still runs for somebody may end.
      peer.channel.shutdown();
    }
  }

  /** How many other frontends answer. */
  public int reachable() {
    return (int) others.stream().filter(Peer::answers).count();
  }

  /** Begins every name of an operation of this frontend. */
  public String tag() {
    return self.tag;
  }

  /** Those that answer, this one among them; the first decides, the next if that one cannot. */
  List<Peer> owners(ActionKey action) {
    List<Peer> there = others;
    if (there.isEmpty()) {
      return List.of(self);
    }
    ActionId id = Wire.actionId(action);
    List<Peer> live = new ArrayList<>(there.stream().filter(Peer::answers).toList());
    live.add(self);
    live.sort(Comparator.comparingLong((Peer peer) -> Rendezvous.weight(peer.id, id)).reversed());
    return live;
  }

  /** The way to the other frontend that drew the name; empty if none that is known did. */
  Optional<Channel> namer(String operation) {
    for (Peer peer : others) {
      if (operation.startsWith(peer.tag)) {
        return Optional.ofNullable(peer.channel);
      }
    }
    return Optional.empty();
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (Peer peer : others) {
      if (peer.channel != null) {
        peer.channel.shutdownNow();
      }
    }
    others = List.of();
  }
}
