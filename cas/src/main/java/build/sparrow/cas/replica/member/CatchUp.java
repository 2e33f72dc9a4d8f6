package build.sparrow.cas.replica.member;

import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.CatchUpPlan;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.Digest;
import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches from the other shards what the disk of this one lacks, until its word counts again. */
final class CatchUp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  private static final Duration PAUSE = Duration.ofMillis(500);

  /**
   * By then whoever had an item taken by this shard before it lost it has noticed, and counts it
   * out; what is acknowledged after that is listed by another one. Twice as long as it takes a ping
   * to come round and fail.
   */
  private static final Duration NOTICE = Duration.ofSeconds(3);

  private final Members members;
  private final BlobStore local;
  private final ActionCache localResults;
  private final Courier courier;
  private final Debts debts;
  private final Standing standing;
  private final Set<Endpoint> compared = ConcurrentHashMap.newKeySet();
  private final LongAdder comparedBlobs = new LongAdder();
  private final Thread thread;

  CatchUp(
      Members members,
      BlobStore local,
      ActionCache localResults,
      Courier courier,
      Debts debts,
      Standing standing) {
    this.members = members;
    this.local = local;
    this.localResults = localResults;
    this.courier = courier;
    this.debts = debts;
    this.standing = standing;
    this.thread = Thread.ofVirtual().name("catch-up").start(this::run);
  }

  private void run() {
    long startNanos = System.nanoTime();
    try {
      if (!standing.isComplete()) {
        awaitFarm();
        Thread.sleep(NOTICE);
      }
      while (!standing.isComplete()) {
        for (Endpoint peer : awaited()) {
          ask(peer);
        }
        if (awaited().isEmpty()) {
          standing.completed();
          log.atInfo()
              .addKeyValue("millis", (System.nanoTime() - startNanos) / 1_000_000)
              .log("Holds all that other shards hold of its own");
        } else {
          Thread.sleep(PAUSE);
        }
      }
    } catch (IOException e) {
      log.atError().setCause(e).log("Cannot write down that the shard is complete");
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
  }

  /** Waits until the farm has this shard, and this shard knows which ones it has besides. */
  private void awaitFarm() throws InterruptedException {
    while (members.known().isEmpty() || !members.hasSelf()) {
      Thread.sleep(PAUSE);
    }
  }

  private void ask(Endpoint peer) throws InterruptedException {
    try {
      Shard shard = shard(peer);
      Placement placement = members.placement();
      CatchUpPlan plan = new CatchUpPlan(placement, members.self());
      shard.list(members.self(), placement, items -> take(plan, peer, shard, items));
      compared.add(peer);
    } catch (StoreUnavailableException _) {
      // It is away; it is asked again.
      return;
    } catch (InterruptedIOException e) {
      throw new InterruptedException(e.getMessage());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("shard", peer)
          .setCause(e)
          .log("Cannot fetch what another shard holds; trying again");
    }
  }

  private Shard shard(Endpoint name) {
    return Objects.requireNonNull(members.peer(name));
  }

  private void take(CatchUpPlan plan, Endpoint peer, Shard shard, Collection<Item> items)
      throws IOException {
    Map<BlobScope, Set<Item>> byScope = new LinkedHashMap<>();
    for (Item item : items) {
      switch (item) {
        case Item.Blob(var scope, _) ->
            byScope.computeIfAbsent(scope, _ -> new LinkedHashSet<>()).add(item);
        case Item.Result result -> take(plan, shard, result);
      }
    }
    for (Map.Entry<BlobScope, Set<Item>> part : byScope.entrySet()) {
      take(plan, peer, shard, part.getKey(), part.getValue());
      comparedBlobs.add(part.getValue().size());
    }
  }

  private void take(CatchUpPlan plan, Shard shard, Item.Result result) throws IOException {
    if (!plan.ownAmong(List.of(result)).isEmpty() && localResults.get(result.key()).isEmpty()) {
      try {
        courier.fetch(result.key(), shard);
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("Interrupted while catching up");
  }

  private void take(CatchUpPlan plan, Endpoint peer, Shard shard, BlobScope scope, Set<Item> items)
      throws IOException {
    Set<Item> lacking = select(items, local.findMissing(scope, digests(items)));
    Set<Item> fetched = new LinkedHashSet<>(plan.ownAmong(lacking));
    for (Map.Entry<Endpoint, Set<Item>> other : plan.doubtful(lacking, peer).entrySet()) {
      Set<Item> uncertain = missingAt(other.getKey(), scope, other.getValue());
      debts.owe(other.getKey(), uncertain);
      fetched.addAll(uncertain);
    }
    try {
      courier.move(shard.blobs(), scope, digests(fetched), local);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** What the shard does not hold, or may not hold. */
  private Set<Item> missingAt(Endpoint home, BlobScope scope, Set<Item> items) throws IOException {
    try {
      return select(items, shard(home).find(scope, digests(items)).missing());
    } catch (StoreUnavailableException _) {
      return items;
    }
  }

  private static List<Digest> digests(Collection<Item> items) {
    List<Digest> digests = new ArrayList<>(items.size());
    for (Item item : items) {
      if (item instanceof Item.Blob(_, var digest)) {
        digests.add(digest);
      }
    }
    return digests;
  }

  private static Set<Item> select(Set<Item> items, Set<Digest> which) {
    Set<Item> selected = new HashSet<>();
    for (Item item : items) {
      if (item instanceof Item.Blob(_, var digest) && which.contains(digest)) {
        selected.add(item);
      }
    }
    return selected;
  }

  /** Whose blobs are still to be compared. */
  List<Endpoint> awaited() {
    if (standing.isComplete() || !members.hasSelf()) {
      return List.of();
    }
    return members.peers().stream().filter(peer -> !compared.contains(peer)).toList();
  }

  /** Blobs of others that were looked for here, of each time that they were. */
  long comparedBlobs() {
    return comparedBlobs.sum();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
