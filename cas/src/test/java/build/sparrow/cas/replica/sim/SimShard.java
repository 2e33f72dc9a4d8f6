package build.sparrow.cas.replica.sim;

import build.sparrow.cas.replica.call.CatchUpPlan;
import build.sparrow.cas.replica.call.Growth;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.cas.replica.call.ReplicaEvent.Found;
import build.sparrow.cas.replica.call.ReplicaEvent.Looked;
import build.sparrow.cas.replica.call.Stamp;
import build.sparrow.service.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** A shard: what its disk holds, and what it does for others while it is up. */
final class SimShard {
  /** A little more than is promised: the promise begins when the client hears of it. */
  private static final long LEASE_MARGIN_NANOS = 10 * Timeline.SECOND;

  private static final int BATCH_ITEMS = 4;

  /** As {@code CatchUp} waits. */
  private static final long NOTICE_NANOS = 3 * Timeline.SECOND;

  private final Simulation world;
  private final Endpoint name;
  private final SplittableRandom random;
  private final int capacity;

  // On the disk.
  private final Map<Item, Held> held = new LinkedHashMap<>();
  private final Map<Endpoint, Deque<Item>> owed = new LinkedHashMap<>();
  private boolean complete;
  private int generation;
  private Placement placement;

  /** Whether the placement is on the disk; else it may be older than the one that was lost. */
  private boolean placed;

  private final Set<Endpoint> awaited = new LinkedHashSet<>();
  private final Set<Endpoint> heardFrom = new LinkedHashSet<>();
  private long comparesAfterNanos;
  private boolean up;
  private int incarnation;
  private long slowUntilNanos;
  private long deafUntilNanos;

  /** What is held of an item. */
  private record Held(Stamp stamp, boolean synced, long usedNanos) {}

  SimShard(Simulation world, Endpoint name, int capacity, SplittableRandom random) {
    this.world = world;
    this.name = name;
    this.placement = world.founding;
    this.capacity = capacity;
    this.random = random;
  }

  Endpoint name() {
    return name;
  }

  String host() {
    return name.host();
  }

  boolean isUp() {
    return up;
  }

  /** How much longer a call takes because the machine is busy or stopped. */
  long delayNanos() {
    return slowUntilNanos > world.timeline.now() ? random.nextLong(6 * Timeline.SECOND) : 0;
  }

  void slow(long nanos) {
    slowUntilNanos = world.timeline.now() + nanos;
  }

  // What goes wrong.

  /** It does not hear of new placements for a while. */
  void deafen(long nanos) {
    deafUntilNanos = world.timeline.now() + nanos;
  }

  /** The process dies: what it wrote is in the hands of its machine. */
  void die() {
    up = false;
    incarnation++;
    if (world.bug == PlantedBug.HINTS_IN_MEMORY) {
      owed.clear();
    }
  }

  /** The machine goes down: what was not forced to the disk is lost. */
  void losePower() {
    die();
    held.values().removeIf(each -> !each.synced());
    complete = complete && world.bug == PlantedBug.LOST_TAIL_UNNOTICED;
    generation++;
  }

  void loseDisk() {
    die();
    held.clear();
    owed.clear();
    placement = world.founding;
    placed = false;
    complete = world.bug == PlantedBug.NEW_SHARD_BELIEVED;
    generation++;
  }

  void start() {
    if (up) {
      return;
    }
    up = true;
    awaited.clear();
    heardFrom.clear();
    if (!complete) {
      beginToCompare();
    }
    int own = incarnation;
    every(own, 200 * Timeline.MILLISECOND, this::sync);
    every(own, 150 * Timeline.MILLISECOND, () -> deliver(own));
    every(own, 500 * Timeline.MILLISECOND, () -> catchUp(own));
    every(own, Timeline.SECOND, () -> talk(own));
  }

  private void beginToCompare() {
    // Whoever was told before that it has taken an item must have noticed by then.
    comparesAfterNanos = world.timeline.now() + NOTICE_NANOS;
    awaitPeers();
  }

  private void awaitPeers() {
    if (placement.members().contains(name)) {
      awaited.addAll(peers());
    }
  }

  private List<Endpoint> peers() {
    return placement.members().stream().filter(peer -> !peer.equals(name)).toList();
  }

  // What it knows of the farm.

  /** Its placement, once it is sure of it. */
  Optional<Placement> placement() {
    return placed ? Optional.of(placement) : Optional.empty();
  }

  /** Somebody knows that placement. */
  void learn(Placement other) {
    if (!other.follows(placement) || world.timeline.now() < deafUntilNanos) {
      return;
    }
    boolean joins = !placement.members().contains(name) && other.members().contains(name);
    placement = other;
    placed = true;
    world.log(host(), "has " + placement);
    if (placement.joining().isEmpty()) {
      world.promises.grew();
    }
    if (joins) {
      complete = world.bug == PlantedBug.JOINER_BELIEVED;
      comparesAfterNanos = world.timeline.now() + NOTICE_NANOS;
    }
    if (!complete) {
      awaitPeers();
    }
  }

  private void talk(int own) {
    for (Endpoint peer : peers()) {
      Placement known = placement;
      world.net.call(
          host(),
          world.shard(peer),
          shard -> {
            shard.learn(known);
            return shard.placement;
          },
          theirs -> {
            if (incarnation == own) {
              learn(theirs);
              if (!theirs.follows(placement)) {
                heardFrom.add(peer);
              }
              placed =
                  placed
                      || (placement.members().contains(name)
                          && heardFrom.size() >= peers().size() - 1);
            }
          },
          () -> {});
    }
  }

  /** Refuses a call that goes by another placement. */
  void checkEpoch(Placement ofCall) {
    if (world.bug != PlantedBug.FENCE_LEFT_OPEN
        && (!placed || ofCall.epoch() != placement.epoch())) {
      throw new Net.RefusedException();
    }
  }

  private void every(int ofIncarnation, long nanos, Runnable work) {
    world.timeline.after(
        nanos / 2 + random.nextLong(nanos),
        () -> {
          if (incarnation == ofIncarnation) {
            work.run();
            every(ofIncarnation, nanos, work);
          }
        });
  }

  private void sync() {
    held.replaceAll((_, each) -> new Held(each.stamp(), true, each.usedNanos()));
  }

  // What it is asked.

  Found find(Set<Item> asked) {
    Set<Item> missing = new LinkedHashSet<>();
    for (Item item : asked) {
      if (held.containsKey(item)) {
        use(item);
      } else {
        missing.add(item);
      }
    }
    return new Found(name, asked, missing, complete);
  }

  private void use(Item item) {
    held.computeIfPresent(
        item, (_, each) -> new Held(each.stamp(), each.synced(), world.timeline.now()));
  }

  Looked lookUp(Item item) {
    return new Looked(name, Optional.ofNullable(held.get(item)).map(Held::stamp), complete);
  }

  boolean store(Collection<Item> items, Stamp stamp) {
    for (Item item : items) {
      Held before = held.get(item);
      if (item instanceof Item.Blob && before != null) {
        use(item);
      } else if (before == null
          || before.stamp().compareTo(stamp) <= 0
          || world.bug == PlantedBug.OLD_RESULT_WINS) {
        makeRoom();
        held.put(item, new Held(stamp, false, world.timeline.now()));
      }
    }
    return true;
  }

  private void makeRoom() {
    if (held.keySet().stream().filter(Item.Blob.class::isInstance).count() < capacity) {
      return;
    }
    long usedBefore = world.timeline.now() - world.leaseNanos - LEASE_MARGIN_NANOS;
    Item oldest =
        held.entrySet().stream()
            .filter(entry -> entry.getKey() instanceof Item.Blob)
            .filter(entry -> entry.getValue().usedNanos() < usedBefore)
            .min(Comparator.comparingLong(entry -> entry.getValue().usedNanos()))
            .map(Map.Entry::getKey)
            .orElseThrow(Net.RefusedException::new);
    held.remove(oldest);
  }

  boolean owe(Endpoint other, Collection<Item> items) {
    if (world.bug != PlantedBug.HINTS_DROPPED) {
      owed.computeIfAbsent(other, _ -> new ArrayDeque<>()).addAll(items);
    }
    return true;
  }

  private List<Item> list(Endpoint other, Placement known) {
    learn(known);
    if (known.follows(placement)) {
      throw new Net.RefusedException();
    }
    return held.keySet().stream()
        .filter(item -> placement.targets(item).ranked().contains(other))
        .toList();
  }

  // What it does for others.

  private void deliver(int own) {
    owed.forEach(
        (other, items) -> {
          List<Item> batch = items.stream().limit(BATCH_ITEMS).toList();
          if (!batch.isEmpty()) {
            deliver(own, world.shard(other), batch, items);
          }
        });
  }

  private void deliver(int own, SimShard other, List<Item> batch, Deque<Item> items) {
    List<Item> there = batch.stream().filter(held::containsKey).toList();
    world.net.call(
        host(),
        other,
        shard -> {
          for (Item item : there) {
            Held each = held.get(item);
            if (each != null) {
              shard.store(List.of(item), each.stamp());
            }
          }
          return true;
        },
        _ -> {
          // Another delivery of the same batch may have ended first.
          if (incarnation == own && items.stream().limit(batch.size()).toList().equals(batch)) {
            batch.forEach(_ -> items.removeFirst());
          }
        },
        () -> {});
  }

  private void catchUp(int own) {
    if (!placed || world.timeline.now() < comparesAfterNanos) {
      return;
    }
    Placement known = placement;
    for (Endpoint peer : List.copyOf(awaited)) {
      world.net.call(
          host(),
          world.shard(peer),
          shard -> shard.list(name, known),
          items -> compare(own, peer, items),
          () -> {});
    }
  }

  private void compare(int own, Endpoint peer, List<Item> items) {
    if (incarnation != own || !awaited.contains(peer)) {
      return;
    }
    CatchUpPlan plan = new CatchUpPlan(placement, name);
    List<Item> lacking = items.stream().filter(item -> !held.containsKey(item)).toList();
    Set<Item> fetched = new LinkedHashSet<>(plan.ownAmong(lacking));
    List<Map.Entry<Endpoint, Set<Item>>> doubts = new ArrayList<>();
    if (world.bug != PlantedBug.DEPUTY_NOT_CAUGHT_UP) {
      doubts.addAll(plan.doubtful(lacking, peer).entrySet());
    }
    settle(own, peer, doubts, fetched);
  }

  /** Asks one home after the other, then fetches. */
  private void settle(
      int own, Endpoint peer, List<Map.Entry<Endpoint, Set<Item>>> doubts, Set<Item> fetched) {
    if (incarnation != own) {
      return;
    }
    if (doubts.isEmpty()) {
      fetch(own, peer, fetched);
      return;
    }
    Endpoint home = doubts.getFirst().getKey();
    Set<Item> doubtful = doubts.getFirst().getValue();
    List<Map.Entry<Endpoint, Set<Item>>> rest = doubts.subList(1, doubts.size());
    world.net.call(
        host(),
        world.shard(home),
        shard -> shard.find(doubtful).missing(),
        missing -> oweAndFetch(own, peer, home, missing, rest, fetched),
        () -> oweAndFetch(own, peer, home, doubtful, rest, fetched));
  }

  private void oweAndFetch(
      int own,
      Endpoint peer,
      Endpoint home,
      Set<Item> uncertain,
      List<Map.Entry<Endpoint, Set<Item>>> rest,
      Set<Item> fetched) {
    if (incarnation == own) {
      owe(home, uncertain);
      fetched.addAll(uncertain);
      settle(own, peer, rest, fetched);
    }
  }

  private void fetch(int own, Endpoint peer, Set<Item> fetched) {
    world.net.call(
        host(),
        world.shard(peer),
        shard -> {
          Map<Item, Stamp> there = new LinkedHashMap<>();
          for (Item item : fetched) {
            Held each = shard.held.get(item);
            if (each != null) {
              there.put(item, each.stamp());
            }
          }
          return there;
        },
        there -> {
          if (incarnation == own) {
            try {
              there.forEach((item, stamp) -> store(List.of(item), stamp));
            } catch (Net.RefusedException _) {
              return; // Tried again.
            }
            awaited.remove(peer);
            complete = complete || awaited.isEmpty();
            world.log(host(), "compared with " + peer.host() + ", complete " + complete);
          }
        },
        () -> {});
  }

  // What only the simulation knows.

  boolean holds(Item item) {
    return held.containsKey(item);
  }

  /** Whether nobody counts its word yet. */
  boolean isJoining() {
    return world.shards().stream().noneMatch(shard -> shard.placement.shards().contains(name));
  }

  int generation() {
    return generation;
  }

  boolean isComplete() {
    return complete;
  }

  /** What it says of itself, once it is sure of its placement. */
  Optional<Growth.Standing> standing() {
    return placement().map(known -> new Growth.Standing(known, complete));
  }

  long debts() {
    return owed.values().stream().mapToLong(Deque::size).sum();
  }

  @Override
  public String toString() {
    return "%s%s%s owes %d"
        .formatted(host(), up ? "" : " down", complete ? "" : " incomplete", debts());
  }
}
