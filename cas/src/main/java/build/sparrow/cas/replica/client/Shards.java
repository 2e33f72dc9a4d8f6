package build.sparrow.cas.replica.client;

import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Adoption;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of a farm, by which placement they are asked, and which of them do not answer just
 * now: those are asked last. A shard is suspected from its first failed call, or from a ping that
 * it did not answer, until it answers a ping.
 */
final class Shards implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Shards.class);

  private static final Duration PING_PAUSE = Duration.ofMillis(250);

  private final Connector connector;
  private final Adoption adoption;
  private final Set<Endpoint> suspects = ConcurrentHashMap.newKeySet();
  private final Map<Endpoint, String> generations = new ConcurrentHashMap<>();
  private final Set<Endpoint> pinged = ConcurrentHashMap.newKeySet();
  private final Thread pings;
  private volatile View view;
  private volatile Placement newest;

  /** Gives shards. */
  @FunctionalInterface
  interface Connector {
    /** A shard, for calls that go by the placement of that epoch. */
    Shard connect(Endpoint name, int epoch);
  }

  /** The shards for calls that go by one placement. */
  record View(Placement placement, Map<Endpoint, Shard> shards) {
    View {
      shards = Map.copyOf(shards);
    }

    Shard get(Endpoint name) {
      return Objects.requireNonNull(shards.get(name));
    }
  }

  /**
   * Begins to ping.
   *
   * @param known the placement of some time of the farm
   */
  Shards(Placement known, Connector connector) {
    this.connector = connector;
    this.adoption = new Adoption(known);
    this.view = view(known);
    this.newest = known;
    this.pings = Thread.ofVirtual().name("shard-pings").start(this::ping);
  }

  private View view(Placement placement) {
    Map<Endpoint, Shard> shards = new HashMap<>();
    for (Endpoint name : placement.members()) {
      shards.put(name, connector.connect(name, placement.epoch()));
    }
    return new View(placement, shards);
  }

  private void ping() {
    try {
      while (true) {
        Placement known = newest;
        known
            .members()
            .forEach(name -> startPing(name, connector.connect(name, known.epoch()), known));
        Thread.sleep(PING_PAUSE);
      }
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
  }

  private void startPing(Endpoint name, Shard shard, Placement known) {
    if (pinged.add(name)) {
      Thread.ofVirtual()
          .name("shard-ping")
          .start(
              () -> {
                try {
                  shard
                      .status(known)
                      .ifPresentOrElse(status -> heard(name, status), () -> suspects.add(name));
                } finally {
                  pinged.remove(name);
                }
              });
    }
  }

  private void heard(Endpoint name, Shard.Status status) {
    generations.put(name, status.generation());
    suspects.remove(name);
    status
        .placement()
        .ifPresent(
            placement -> {
              synchronized (this) {
                adoption.heard(name, placement);
                adopt();
              }
            });
  }

  /** The farm is to have that placement; all shards are told. */
  synchronized void propose(Placement placement) {
    adoption.told(placement);
    adopt();
  }

  private void adopt() {
    newest = adoption.newest();
    if (!adoption.current().equals(view.placement())) {
      view = view(adoption.current());
      log.atInfo()
          .addKeyValue("placement", view.placement())
          .log("The storage has grown, going by its new placement");
    }
  }

  /** The shards by the placement that is to be gone by now. */
  View now() {
    return view;
  }

  /** The latest placement that was heard of, by which calls may not go yet. */
  Placement newest() {
    return newest;
  }

  /** What the shards were when they were last heard of. */
  Map<Endpoint, String> generations() {
    return Map.copyOf(generations);
  }

  /**
   * Whether the shard may have lost what it has taken since it was heard of: it is another one now,
   * or is not heard of. A shard gives those that write time to notice, before its word counts.
   */
  boolean mayHaveLost(Endpoint name, Map<Endpoint, String> before) {
    return suspects.contains(name) || !Objects.equals(before.get(name), generations.get(name));
  }

  /** A call to it has failed as if it was away. */
  void suspect(Endpoint name) {
    suspects.add(name);
  }

  /** Those that had better not be asked. */
  Set<Endpoint> suspects() {
    return Set.copyOf(suspects);
  }

  @Override
  public void close() {
    pings.interrupt();
  }
}
