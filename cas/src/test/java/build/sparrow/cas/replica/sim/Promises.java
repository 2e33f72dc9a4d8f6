package build.sparrow.cas.replica.sim;

import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Stamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was promised to clients, and whether it was kept. */
final class Promises {
  private final Simulation world;
  private final Map<Item, List<Long>> givenNanos = new LinkedHashMap<>();
  private final Map<Item, Stamp> newest = new HashMap<>();
  private final Set<Item> put = new HashSet<>();
  private long damagedNanos = -1;
  private long acknowledged;
  private long denied;
  private long found;

  Promises(Simulation world) {
    this.world = world;
  }

  /** A write was acknowledged. */
  void acknowledged(Item item) {
    acknowledged++;
    give(item);
  }

  /** As many shards as there are to be copies said that they hold it. */
  void renewed(Item item) {
    found++;
    give(item);
  }

  private void give(Item item) {
    givenNanos.computeIfAbsent(item, _ -> new ArrayList<>()).add(world.timeline.now());
  }

  private boolean holds(Item item, long beganNanos) {
    long now = world.timeline.now();
    return givenNanos.getOrDefault(item, List.of()).stream()
        .anyMatch(given -> given <= beganNanos && given + world.leaseNanos > now);
  }

  /** A client was told that it is missing, by a call that began then. */
  void missing(Item item, long beganNanos) {
    denied++;
    if (holds(item, beganNanos)) {
      throw new AssertionError(item + " is promised, and was reported missing");
    }
  }

  /** A result was put, by a call that began then. */
  void put(Item result, Stamp stamp, long beganNanos) {
    put.add(result);
    if (damagedNanos >= beganNanos) {
      return;
    }
    newest.merge(result, stamp, (one, other) -> one.compareTo(other) > 0 ? one : other);
  }

  boolean isPut(Item result) {
    return put.contains(result);
  }

  @Nullable Stamp newest(Item result) {
    return newest.get(result);
  }

  /** A client was given a result, as two shards saw it, after another one had been put. */
  void got(Item result, Optional<Stamp> got, boolean wasPut, @Nullable Stamp before) {
    if (wasPut && got.isEmpty()) {
      throw new AssertionError(result + " was put, and nothing is found");
    }
    // Unless a disk was lost since: of results that are fetched again an older one may be first.
    if (before != null
        && newest.containsKey(result)
        && (got.isEmpty() || got.get().compareTo(before) < 0)) {
      throw new AssertionError(
          "%s was put with %s, and what is found has %s".formatted(result, before, got));
    }
  }

  /** The storage has grown: of results that were fetched an older one may have been first. */
  void grew() {
    damaged();
  }

  /** A shard lost its disk or what it had not forced there. */
  void damaged() {
    damagedNanos = world.timeline.now();
    newest.clear();
  }

  void gaveUpWriting(Set<Item> items) {
    if (!items.isEmpty() && world.isHealthy() && !world.isTight()) {
      throw new AssertionError(items + " could not be written while nothing was broken");
    }
  }

  void gaveUpFinding(Set<Item> items) {
    if (!items.isEmpty() && world.isHealthy()) {
      throw new AssertionError("Nobody knew of " + items + " while nothing was broken");
    }
  }

  /** At the end, when everything has been whole for long. */
  void checkAtEnd() {
    for (SimShard shard : world.shards()) {
      if (shard.debts() > 0
          || !shard.isComplete()
          || !shard.placement().equals(Optional.of(world.placementAtLast()))) {
        throw new AssertionError("Not at rest: " + world.shards());
      }
    }
    checkHomes(world.timeline.now());
  }

  /** When everything has been whole for so long that whatever was owed by then is paid. */
  void checkHomes(long promisedByNanos) {
    givenNanos.forEach(
        (item, _) -> {
          if (holds(item, promisedByNanos)) {
            for (var home : world.placementAtLast().homes(item)) {
              if (!world.shard(home).holds(item)) {
                throw new AssertionError(item + " never reached its home " + home);
              }
            }
          }
        });
  }

  long acknowledged() {
    return acknowledged;
  }

  /** How often clients were told that something is missing. */
  long denied() {
    return denied;
  }

  /** How often clients were told by two shards that something is there. */
  long found() {
    return found;
  }
}
