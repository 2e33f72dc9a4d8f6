package build.sparrow.cas.replica.member;

import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which shards the farm has, as far as one of them knows. It takes over whatever later placement it
 * hears of, and refuses calls by any other. One that has a new disk may have lost a later one than
 * it was started with, so it refuses all until all but one of the others have told it theirs.
 */
public final class Members {
  private static final Logger log = LoggerFactory.getLogger(Members.class);

  private final Endpoint self;
  private final PlacementFile file;
  private final Set<Endpoint> heardFrom = ConcurrentHashMap.newKeySet();
  private final Map<Endpoint, Shard> peers = new ConcurrentHashMap<>();
  private final List<Arrival> arrivals = new ArrayList<>();
  private @Nullable Function<Endpoint, Shard> connector;
  private volatile Placement placement;
  private volatile boolean sure;

  /** Told of another shard before anybody can ask this one about it. */
  @FunctionalInterface
  interface Arrival {
    void of(Endpoint peer, Shard shard) throws IOException;
  }

  private Members(Endpoint self, PlacementFile file, Placement placement, boolean sure) {
    this.self = self;
    this.file = file;
    this.placement = placement;
    this.sure = sure;
  }

  /**
   * What the shard knew last, or what it is told for the beginning.
   *
   * @param folder for what the shard remembers of others
   */
  public static Members open(Membership membership, Path folder) throws IOException {
    Files.createDirectories(folder);
    PlacementFile file = new PlacementFile(folder.resolve("placement"));
    Placement told = membership.placement();
    Optional<Placement> known = file.read(told.copies());
    if (known.isPresent() && !isOfOneFarm(known.get(), told)) {
      throw new IOException(
          "The shard is told that the farm has %s, while it had %s; give it the data directory of this farm, or an empty one"
              .formatted(told, known.get()));
    }
    return new Members(membership.self(), file, known.orElse(told), known.isPresent());
  }

  private static boolean isOfOneFarm(Placement one, Placement other) {
    return one.equals(other) || one.follows(other) || other.follows(one);
  }

  /** Connects to all others, also to those that come later. */
  synchronized void connect(Function<Endpoint, Shard> withConnector) {
    connector = withConnector;
    peersOf(placement).forEach(peer -> peers.put(peer, withConnector.apply(peer)));
  }

  /** Has the listener told of all others, now and later. */
  synchronized void onArrival(Arrival listener) throws IOException {
    arrivals.add(listener);
    for (Map.Entry<Endpoint, Shard> peer : peers.entrySet()) {
      listener.of(peer.getKey(), peer.getValue());
    }
  }

  private List<Endpoint> peersOf(Placement of) {
    return of.members().stream().filter(shard -> !shard.equals(self)).toList();
  }

  Endpoint self() {
    return self;
  }

  /** By which it goes, be it sure of it or not. */
  public Placement placement() {
    return placement;
  }

  /** By which others may go; empty while it is not sure of it. */
  Optional<Placement> known() {
    return sure ? Optional.of(placement) : Optional.empty();
  }

  /** Whether the farm has this shard. */
  boolean hasSelf() {
    return placement.members().contains(self);
  }

  /** Whether the blob is brought to a tier by this shard: one of its homes does. */
  public boolean isFirstHome(Item.Blob blob) {
    return placement.homes(blob).getFirst().equals(self);
  }

  /** The others. */
  List<Endpoint> peers() {
    return peersOf(placement);
  }

  /** Another one; null if there is none of that name. */
  @Nullable Shard peer(Endpoint name) {
    return peers.get(name);
  }

  /** Somebody knows that placement. */
  synchronized void learn(Placement other) {
    if (!other.follows(placement)) {
      return;
    }
    try {
      for (Endpoint peer : peersOf(other)) {
        if (!peers.containsKey(peer) && connector != null) {
          Shard shard = connector.apply(peer);
          for (Arrival arrival : arrivals) {
            arrival.of(peer, shard);
          }
          peers.put(peer, shard);
        }
      }
      file.write(other);
    } catch (IOException e) {
      log.atError()
          .addKeyValue("placement", other)
          .setCause(e)
          .log("Cannot take over the farm's new placement; trying again");
      return;
    }
    placement = other;
    sure = true;
    log.atInfo().addKeyValue("placement", other).log("The farm's storage has grown");
  }

  /** Another shard said how it stands. */
  synchronized void heard(Endpoint peer, Shard.Status status) {
    // One that is not sure itself has nothing newer either.
    Placement theirs = status.placement().orElse(placement);
    learn(theirs);
    if (sure || theirs.follows(placement)) {
      return;
    }
    heardFrom.add(peer);
    if (hasSelf() && heardFrom.size() >= peers().size() - 1) {
      try {
        file.write(placement);
        sure = true;
      } catch (IOException e) {
        log.atError().setCause(e).log("Cannot write down which shards the farm has; trying again");
      }
    }
  }
}
