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

  private final Members members;
  private final Standing standing;
  private final CatchUp catchUp;
  private final Map<Endpoint, Long> owed = new ConcurrentHashMap<>();
  private final Thread thread;

  Arrears(Members members, Standing standing, CatchUp catchUp) {
    this.members = members;
    this.standing = standing;
    this.catchUp = catchUp;
    this.thread = Thread.ofVirtual().name("arrears").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        members.peers().forEach(peer -> owed.put(peer, owedBy(peer)));
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
  }

  /** Who does not answer cannot be waited for. */
  private long owedBy(Endpoint peer) {
    Optional<Shard.Status> status =
        Optional.ofNullable(members.peer(peer)).flatMap(shard -> shard.status(members.placement()));
    status.ifPresent(known -> members.heard(peer, known));
    return status.map(known -> known.debts().getOrDefault(members.self(), 0L)).orElse(0L);
  }

  /** What it lacks, for people; empty if nothing is known to be lacking. */
  Optional<String> explain() {
    if (!members.hasSelf()) {
      return Optional.of(
          "it is none of the shards %s, and waits until the farm has it"
              .formatted(members.placement().shards()));
    }
    if (members.known().isEmpty()) {
      return Optional.of("other shards are still to tell it which shards the farm has");
    }
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
