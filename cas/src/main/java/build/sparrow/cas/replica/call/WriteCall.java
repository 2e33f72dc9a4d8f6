package build.sparrow.cas.replica.call;

import build.sparrow.cas.replica.call.Placement.Targets;
import build.sparrow.cas.replica.call.ReplicaEffect.Owe;
import build.sparrow.cas.replica.call.ReplicaEffect.Store;
import build.sparrow.cas.replica.call.ReplicaEvent.Done;
import build.sparrow.cas.replica.call.ReplicaEvent.Failed;
import build.sparrow.cas.replica.call.ReplicaEvent.Found;
import build.sparrow.cas.replica.call.ReplicaEvent.Late;
import build.sparrow.cas.replica.call.ReplicaEvent.Looked;
import build.sparrow.service.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Stores items. One is written when as many candidates have taken it as there are to be copies,
 * while a shard joins by both counts; a home that is not among them is owed it, by one that is,
 * before the write is acknowledged.
 */
public final class WriteCall implements ReplicaCall {
  private final Map<Item, Delivery> deliveries = new LinkedHashMap<>();
  private int open;
  private boolean late;

  /** One item on its way. */
  private static final class Delivery {
    private final Targets targets;
    private final Candidates candidates;
    private final Set<Endpoint> takers = new LinkedHashSet<>(4);
    private final Set<Endpoint> awaited = new LinkedHashSet<>(4);
    private final Set<Endpoint> refusers = new LinkedHashSet<>();
    private boolean owing;
    private boolean settled;
    private boolean written;

    Delivery(Targets targets, Set<Endpoint> suspects) {
      this.targets = targets;
      this.candidates = new Candidates(targets.ranked(), suspects);
    }

    void heard(Endpoint shard) {
      candidates.heard();
      awaited.remove(shard);
    }

    boolean isTaken() {
      return targets.areEnough(takers);
    }

    /** Whether it is taken if all whose answer is awaited take it. */
    boolean mayBeTaken() {
      Set<Endpoint> expected = new LinkedHashSet<>(takers);
      expected.addAll(awaited);
      return targets.areEnough(expected);
    }
  }

  /**
   * A call.
   *
   * @param suspects shards that get an item only where nobody else is left
   */
  public WriteCall(Placement placement, Collection<? extends Item> items, Set<Endpoint> suspects) {
    for (Item item : items) {
      deliveries.computeIfAbsent(item, each -> new Delivery(placement.targets(each), suspects));
    }
    open = deliveries.size();
  }

  @Override
  public List<ReplicaEffect> begin() {
    Rounds round = new Rounds();
    deliveries.forEach(
        (item, delivery) -> {
          for (int i = 0; i < delivery.targets.homes().size(); i++) {
            storeAtNext(item, delivery, round);
          }
        });
    return round.effects(Store::new);
  }

  private static void storeAtNext(Item item, Delivery delivery, Rounds round) {
    delivery
        .candidates
        .next()
        .ifPresent(
            shard -> {
              delivery.awaited.add(shard);
              round.add(shard, item);
            });
  }

  @Override
  public List<ReplicaEffect> on(ReplicaEvent event) {
    return switch (event) {
      case Done(Store(var shard, var items)) -> stored(shard, items);
      case Failed(Store(var shard, var items)) -> notStored(shard, items);
      case Done(Owe(_, _, var items)) -> owed(items);
      case Failed(Owe owe) -> notOwed(owe);
      case Late _ -> late();
      case Done _, Failed _, Found _, Looked _ -> List.of();
    };
  }

  private List<ReplicaEffect> stored(Endpoint shard, Set<Item> items) {
    for (Item item : items) {
      Delivery delivery = delivery(item);
      delivery.heard(shard);
      delivery.takers.add(shard);
    }
    return goOn(items);
  }

  private List<ReplicaEffect> notStored(Endpoint shard, Set<Item> items) {
    items.forEach(item -> delivery(item).heard(shard));
    return goOn(items);
  }

  private List<ReplicaEffect> goOn(Set<Item> items) {
    Rounds round = new Rounds();
    Map<Endpoint, Rounds> debts = new LinkedHashMap<>();
    for (Item item : items) {
      Delivery delivery = delivery(item);
      if (!delivery.settled && !delivery.owing) {
        goOn(item, delivery, round, debts);
      }
    }
    List<ReplicaEffect> effects = new ArrayList<>(round.effects(Store::new));
    effects.addAll(effects(debts));
    return effects;
  }

  private void goOn(Item item, Delivery delivery, Rounds round, Map<Endpoint, Rounds> debts) {
    if (delivery.isTaken()) {
      // A home that has not answered yet is waited for: it is owed nothing if it takes the item.
      if (delivery.takers.containsAll(delivery.targets.homes())) {
        settle(delivery, true);
      } else if (late || !delivery.candidates.isWaiting()) {
        delivery.owing = true;
        oweNext(item, delivery, debts);
      }
      return;
    }
    if (!delivery.mayBeTaken()) {
      storeAtNext(item, delivery, round);
    }
    if (delivery.candidates.isExhausted()) {
      settle(delivery, false);
    }
  }

  /** A deputy that took the item owes it first: the other taker has less to remember. */
  private void oweNext(Item item, Delivery delivery, Map<Endpoint, Rounds> debts) {
    List<Endpoint> keepers =
        delivery.candidates.ranked().reversed().stream()
            .filter(delivery.takers::contains)
            .filter(shard -> !delivery.refusers.contains(shard))
            .toList();
    if (keepers.isEmpty()) {
      settle(delivery, false);
      return;
    }
    delivery.targets.homes().stream()
        .filter(home -> !delivery.takers.contains(home))
        .forEach(
            home -> debts.computeIfAbsent(keepers.getFirst(), _ -> new Rounds()).add(home, item));
  }

  private static List<ReplicaEffect> effects(Map<Endpoint, Rounds> debts) {
    List<ReplicaEffect> effects = new ArrayList<>();
    debts.forEach(
        (keeper, byHome) ->
            effects.addAll(byHome.effects((home, items) -> new Owe(keeper, home, items))));
    return effects;
  }

  private List<ReplicaEffect> owed(Set<Item> items) {
    for (Item item : items) {
      settle(delivery(item), true);
    }
    return List.of();
  }

  private List<ReplicaEffect> notOwed(Owe owe) {
    Map<Endpoint, Rounds> debts = new LinkedHashMap<>();
    for (Item item : owe.items()) {
      Delivery delivery = delivery(item);
      delivery.refusers.add(owe.shard());
      if (!delivery.settled) {
        oweNext(item, delivery, debts);
      }
    }
    return effects(debts);
  }

  private List<ReplicaEffect> late() {
    late = true;
    Rounds round = new Rounds();
    Map<Endpoint, Rounds> debts = new LinkedHashMap<>();
    deliveries.forEach(
        (item, delivery) -> {
          if (delivery.settled || delivery.owing) {
            return;
          }
          if (delivery.isTaken()) {
            goOn(item, delivery, round, debts);
          } else {
            storeAtNext(item, delivery, round);
          }
        });
    List<ReplicaEffect> effects = new ArrayList<>(round.effects(Store::new));
    effects.addAll(effects(debts));
    return effects;
  }

  private void settle(Delivery delivery, boolean written) {
    if (!delivery.settled) {
      delivery.settled = true;
      delivery.written = written;
      open--;
    }
  }

  private Delivery delivery(Item item) {
    return Objects.requireNonNull(deliveries.get(item));
  }

  @Override
  public boolean isOver() {
    return open == 0;
  }

  /**
   * The shards that have taken an item. If one of them has lost it since, nothing that was written
   * may be acknowledged: the call is to be made again.
   */
  public Set<Endpoint> takers() {
    Set<Endpoint> takers = new LinkedHashSet<>();
    deliveries.values().forEach(delivery -> takers.addAll(delivery.takers));
    return takers;
  }

  /** The items that too few shards have taken; they may be there nevertheless. */
  public Set<Item> unwritten() {
    Set<Item> unwritten = new LinkedHashSet<>();
    deliveries.forEach(
        (item, delivery) -> {
          if (!delivery.written) {
            unwritten.add(item);
          }
        });
    return unwritten;
  }
}
