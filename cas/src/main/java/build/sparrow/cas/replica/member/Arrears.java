package build.sparrow.cas.replica.member;

import build.sparrow.cas.replica.Shard;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether this shard has all that it should have, as far as others can be asked: while it has not,
 * no other one should be stopped on purpose.
 */
final class Arrears implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Endpoint self;
  private final Map<Endpoint, Shard> peers;
  private final Standing standing;
  private final CatchUp catchUp;
  private final Map<Endpoint, Long> owed = new ConcurrentHashMap<>();
  private final Thread thread;

  Arrears(Endpoint self, Map<Endpoint, Shard> peers, Standing standing, CatchUp catchUp) {
    this.self = self;
    this.peers = peers;
    this.standing = standing;
    this.catchUp = catchUp;
    this.thread = Thread.ofVirtual().name("arrears").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        peers.forEach((peer, shard) -> owed.put(peer, owedBy(shard)));
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
  }

  /** Who does not answer cannot be waited for. */
  private long owedBy(Shard shard) {
    return shard.status().map(status -> status.debts().getOrDefault(self, 0L)).orElse(0L);
  }

  /** What it lacks, for people; empty if nothing is known to be lacking. */
  Optional<String> explain() {
    if (!standing.isComplete()) {
      return Optional.of("it still compares its disk with shards " + catchUp.awaited());
    }
    long items = owed.values().stream().mapToLong(Long::longValue).sum();
    return items == 0
        ? Optional.empty()
        : Optional.of("other shards are still to bring it %d items".formatted(items));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
