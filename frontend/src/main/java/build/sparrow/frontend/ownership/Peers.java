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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The frontends of a farm that can be reached, and which of them an action belongs to, by {@link
 * Rendezvous}.
 */
public final class Peers implements AutoCloseable {
  /** For so long after a frontend went away executors may still announce what it began. */
  private static final Duration MEMORY = Duration.ofSeconds(5);

  private final Peer self;
  private final Function<Endpoint, ManagedChannel> dial;
  private final LongSupplier nanoTime;
  private volatile List<Peer> others = List.of();
  private final Map<FrontendId, Long> lostAtNanos = new ConcurrentHashMap<>();
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
   * @param nanoTime a clock that only goes forward
   */
  public Peers(Endpoint self, Function<Endpoint, ManagedChannel> dial, LongSupplier nanoTime) {
    this.self = Peer.of(self, null);
    this.dial = dial;
    this.nanoTime = nanoTime;
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
        now.add(peer == null ? dialled(endpoint) : peer);
      }
    }
    now.forEach(Peer::answers);
    others = List.copyOf(now);
    known.values().forEach(Peers::disconnect);
  }

  private Peer dialled(Endpoint endpoint) {
    ManagedChannel channel = dial.apply(endpoint);
    Peer peer = Peer.of(endpoint, channel);
    watch(peer.id, channel, ConnectivityState.IDLE);
    return peer;
  }

  /** Remembers when it stopped answering. */
  private void watch(FrontendId peer, ManagedChannel channel, ConnectivityState before) {
    ConnectivityState now = channel.getState(true);
    if (now == ConnectivityState.READY) {
      lostAtNanos.remove(peer);
    } else if (before == ConnectivityState.READY) {
      lostAtNanos.put(peer, nanoTime.getAsLong());
    }
    if (now != ConnectivityState.SHUTDOWN) {
      channel.notifyWhenStateChanged(now, () -> watch(peer, channel, now));
    }
  }

  /**
   * It sent away a client that waited there, as one does that stops. Its connection may outlast
   * that by a moment, in which the client is back already.
   */
  void sentAway(Peer peer) {
    lostAtNanos.put(peer.id, nanoTime.getAsLong());
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

  /**
   * Whether an executor may run the action for another frontend that is gone only just now, or
   * about to go: it would be that one's, were it there.
   */
  public boolean mayRunFor(ActionKey action) {
    long since = nanoTime.getAsLong() - MEMORY.toNanos();
    lostAtNanos.values().removeIf(lost -> lost - since < 0);
    if (lostAtNanos.isEmpty()) {
      return false;
    }
    ActionId id = Wire.actionId(action);
    long heaviest =
        owners(action).stream()
            .filter(peer -> !lostAtNanos.containsKey(peer.id))
            .mapToLong(peer -> Rendezvous.weight(peer.id, id))
            .max()
            .orElse(Long.MIN_VALUE);
    return lostAtNanos.keySet().stream().anyMatch(lost -> Rendezvous.weight(lost, id) > heaviest);
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
