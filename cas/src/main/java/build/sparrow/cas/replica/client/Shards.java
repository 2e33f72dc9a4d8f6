package build.sparrow.cas.replica.client;

import build.sparrow.cas.replica.Shard;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The shards of a farm, and which of them do not answer just now: those are asked last. A shard is
 * suspected from its first failed call, or from a ping that it did not answer, until it answers a
 * ping.
 */
final class Shards implements AutoCloseable {
  private static final Duration PING_PAUSE = Duration.ofMillis(250);

  private final Map<Endpoint, Shard> shards;
  private final Set<Endpoint> suspects = ConcurrentHashMap.newKeySet();
  private final Map<Endpoint, String> generations = new ConcurrentHashMap<>();
  private final Set<Endpoint> pinged = ConcurrentHashMap.newKeySet();
  private final Thread pings;

  Shards(Map<Endpoint, Shard> shards) {
    this.shards = Map.copyOf(shards);
    this.pings = Thread.ofVirtual().name("shard-pings").start(this::ping);
  }

  private void ping() {
    try {
      while (true) {
        shards.forEach(this::startPing);
        Thread.sleep(PING_PAUSE);
      }
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
  }

  private void startPing(Endpoint name, Shard shard) {
    if (pinged.add(name)) {
      Thread.ofVirtual()
          .name("shard-ping")
          .start(
              () -> {
                shard
                    .status()
                    .ifPresentOrElse(
                        status -> {
                          generations.put(name, status.generation());
                          suspects.remove(name);
                        },
                        () -> suspects.add(name));
                pinged.remove(name);
              });
    }
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

  Shard get(Endpoint name) {
    return Objects.requireNonNull(shards.get(name));
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
