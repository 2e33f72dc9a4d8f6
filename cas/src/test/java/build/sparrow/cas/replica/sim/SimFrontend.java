package build.sparrow.cas.replica.sim;

import build.sparrow.cas.replica.call.Adoption;
import build.sparrow.cas.replica.call.FindCall;
import build.sparrow.cas.replica.call.Growth;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.LookUpCall;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.cas.replica.call.ReadCall;
import build.sparrow.cas.replica.call.ReplicaCall;
import build.sparrow.cas.replica.call.ReplicaEffect;
import build.sparrow.cas.replica.call.ReplicaEffect.Find;
import build.sparrow.cas.replica.call.ReplicaEffect.LookUp;
import build.sparrow.cas.replica.call.ReplicaEffect.Owe;
import build.sparrow.cas.replica.call.ReplicaEffect.Read;
import build.sparrow.cas.replica.call.ReplicaEffect.Store;
import build.sparrow.cas.replica.call.ReplicaEvent;
import build.sparrow.cas.replica.call.ReplicaEvent.Failed;
import build.sparrow.cas.replica.call.ReplicaEvent.Found;
import build.sparrow.cas.replica.call.ReplicaEvent.Looked;
import build.sparrow.cas.replica.call.Stamp;
import build.sparrow.cas.replica.call.WriteCall;
import build.sparrow.service.Endpoint;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A frontend whose clients store, look for and read items at random. */
final class SimFrontend {
  private static final int ATTEMPTS = 12;

  private final Simulation world;
  private final String name;
  private final SplittableRandom random;
  private final Set<Endpoint> suspects = new LinkedHashSet<>();
  private final Map<Endpoint, Integer> generations = new LinkedHashMap<>();
  private final Adoption adoption;
  private long clockSkewMillis;
  private long deafUntilNanos;

  /** A call that is going on. */
  private final class Talk {
    private final Placement placement;
    private final ReplicaCall call;
    private final Stamp stamp;
    private final long patienceNanos;
    private final Runnable over;
    private final Map<Item, Set<Endpoint>> holders = new LinkedHashMap<>();
    private final Map<Endpoint, Stamp> stamps = new LinkedHashMap<>();
    private int trusted;
    private final Map<Endpoint, Integer> before = new LinkedHashMap<>(generations);
    private final long beganNanos = world.timeline.now();
    private long heardNanos = beganNanos;
    private boolean ended;

    Talk(
        Placement placement,
        ReplicaCall call,
        Stamp stamp,
        long patienceNanos,
        Consumer<Talk> over) {
      this.placement = placement;
      this.call = call;
      this.stamp = stamp;
      this.patienceNanos = patienceNanos;
      this.over = () -> over.accept(this);
    }

    void begin() {
      start(call.begin());
      watch();
      endIfOver();
    }

    private void watch() {
      world.timeline.after(
          patienceNanos,
          () -> {
            if (!ended) {
              if (world.timeline.now() - heardNanos >= patienceNanos) {
                hear(new ReplicaEvent.Late());
              }
              watch();
            }
          });
    }

    private void hear(ReplicaEvent event) {
      heardNanos = world.timeline.now();
      if (event instanceof Found(var holder, var asked, var missing, _)) {
        asked.stream()
            .filter(item -> !missing.contains(item))
            .forEach(item -> holders.computeIfAbsent(item, _ -> new LinkedHashSet<>()).add(holder));
      }
      if (event instanceof Looked(var shard, var found, var complete)) {
        found.ifPresent(each -> stamps.put(shard, each));
        trusted += complete ? 1 : 0;
      }
      if (event instanceof Failed(var effect)) {
        suspects.add(effect.shard());
      }
      start(call.on(event));
      endIfOver();
    }

    private void endIfOver() {
      if (!ended && call.isOver()) {
        ended = true;
        over.run();
      }
    }

    private void start(List<ReplicaEffect> effects) {
      effects.forEach(this::start);
    }

    private void start(ReplicaEffect effect) {
      world.log(name, effect.toString());
      world.net.call(
          name,
          world.shard(effect.shard()),
          shard -> {
            shard.checkEpoch(placement);
            return serve(shard, effect);
          },
          this::hear,
          () -> hear(failure(effect)));
    }

    private ReplicaEvent failure(ReplicaEffect effect) {
      return world.bug == PlantedBug.SILENCE_IS_DENIAL
              && effect instanceof Find(var shard, var asked)
          ? new Found(shard, asked, asked, true)
          : new Failed(effect);
    }

    private ReplicaEvent serve(SimShard shard, ReplicaEffect effect) {
      return switch (effect) {
        case Find(_, var asked) -> shard.find(asked);
        case Read(_, var asked) -> shard.find(asked);
        case LookUp(_, var asked) -> shard.lookUp(asked.iterator().next());
        case Store(_, var items) -> {
          shard.store(items, stamp);
          yield new ReplicaEvent.Done(effect);
        }
        case Owe(_, var owed, var items) -> {
          shard.owe(owed, items);
          yield new ReplicaEvent.Done(effect);
        }
      };
    }
  }

  SimFrontend(Simulation world, String name, SplittableRandom random) {
    this.world = world;
    this.name = name;
    this.random = random;
    this.adoption = new Adoption(world.founding);
  }

  String name() {
    return name;
  }

  void jumpClock(long millis) {
    clockSkewMillis += millis;
  }

  /** It does not hear of new placements for a while. */
  void deafen(long nanos) {
    deafUntilNanos = world.timeline.now() + nanos;
  }

  /** As the operator asks it: takes the storage one step further, if that may be. */
  void grow(List<Endpoint> wanted) {
    Placement newest = adoption.newest();
    Map<Endpoint, Growth.Standing> standings = new LinkedHashMap<>();
    for (Endpoint member : newest.members()) {
      world.net.call(
          name,
          world.shard(member),
          SimShard::standing,
          standing ->
              standing.ifPresent(
                  known -> {
                    standings.put(member, known);
                    Growth.next(newest, standings, wanted).ifPresent(this::propose);
                  }),
          () -> {});
    }
  }

  private void propose(Placement next) {
    if (next.follows(adoption.newest())) {
      world.placementComes();
      adoption.told(next);
    }
  }

  private Placement placement() {
    return adoption.current();
  }

  /** By which it writes. */
  private Placement writePlacement() {
    return world.bug == PlantedBug.JOINER_NOT_WRITTEN_TO
        ? new Placement(placement().shards(), placement().copies())
        : placement();
  }

  void start() {
    ping();
    for (int client = 0; client < 3; client++) {
      next();
    }
  }

  private void ping() {
    for (Endpoint member : adoption.newest().members()) {
      SimShard shard = world.shard(member);
      Placement known = adoption.newest();
      world.net.call(
          name,
          shard,
          asked -> {
            asked.learn(known);
            return new Pong(asked.generation(), asked.placement());
          },
          pong -> {
            generations.put(shard.name(), pong.generation());
            suspects.remove(shard.name());
            pong.placement().ifPresent(placement -> heard(shard.name(), placement));
          },
          () -> suspects.add(shard.name()));
    }
    world.timeline.after(250 * Timeline.MILLISECOND, this::ping);
  }

  private record Pong(int generation, Optional<Placement> placement) {}

  private void heard(Endpoint shard, Placement placement) {
    if (world.timeline.now() < deafUntilNanos) {
      return;
    }
    adoption.heard(shard, placement);
    if (world.bug == PlantedBug.ADOPTED_AT_ONCE) {
      adoption.newest().members().forEach(each -> adoption.heard(each, adoption.newest()));
    }
  }

  private void next() {
    world.timeline.after(
        random.nextLong(400 * Timeline.MILLISECOND),
        () -> {
          if (world.isEnding()) {
            return;
          }
          switch (random.nextInt(8)) {
            case 0, 1 -> write(world.anyBlobs(random, 3), ATTEMPTS);
            case 2, 3, 4 -> find(world.anyBlobs(random, 6), Set.of(), ATTEMPTS);
            case 5 -> read(world.anyBlobs(random, 2), ATTEMPTS);
            case 6 -> put(world.anyResult(random));
            default -> get(world.anyResult(random), ATTEMPTS);
          }
        });
  }

  /** Whether a shard that took part may have lost meanwhile what it took. */
  private boolean isStale(Talk talk, WriteCall call) {
    return call.takers().stream()
        .anyMatch(
            taker ->
                suspects.contains(taker)
                    || !Objects.equals(talk.before.get(taker), generations.get(taker)));
  }

  private void pause(Runnable again) {
    world.timeline.after(random.nextLong(Timeline.SECOND), again);
  }

  private void write(Set<Item> items, int attempts) {
    Placement placement = writePlacement();
    WriteCall call = new WriteCall(placement, items, Set.copyOf(suspects));
    new Talk(
            placement(),
            call,
            Stamp.NONE,
            Timeline.SECOND,
            talk -> {
              Set<Item> unwritten = isStale(talk, call) ? items : call.unwritten();
              items.stream()
                  .filter(item -> !unwritten.contains(item))
                  .forEach(world.promises::acknowledged);
              world.log(name, "wrote all of " + items + " but " + unwritten);
              if (!unwritten.isEmpty() && attempts > 1) {
                pause(() -> write(unwritten, attempts - 1));
                return;
              }
              world.promises.gaveUpWriting(unwritten);
              next();
            })
        .begin();
  }

  private void find(Set<Item> items, Set<Item> doubtedBefore, int attempts) {
    long began = world.timeline.now();
    Placement placement = placement();
    FindCall call = new FindCall(placement, items, Set.copyOf(suspects));
    new Talk(
            placement(),
            call,
            Stamp.NONE,
            100 * Timeline.MILLISECOND,
            talk -> {
              Set<Item> unknown = call.unknown();
              Set<Item> missing = new LinkedHashSet<>(call.missing());
              Set<Item> again = new LinkedHashSet<>(unknown);
              for (Item item : call.doubted()) {
                (doubtedBefore.contains(item) ? missing : again).add(item);
              }
              world.log(name, "found all of " + items + " but " + missing + ", " + unknown + "?");
              missing.forEach(item -> world.promises.missing(item, began));
              talk.holders.forEach(
                  (item, holders) -> {
                    if (placement.targets(item).areEnough(holders)) {
                      world.promises.renewed(item);
                    }
                  });
              if (!again.isEmpty() && attempts > 1) {
                pause(
                    () ->
                        find(
                            again,
                            placement.equals(placement()) ? call.doubted() : Set.of(),
                            attempts - 1));
                return;
              }
              world.promises.gaveUpFinding(unknown);
              next();
            })
        .begin();
  }

  private void read(Set<Item> items, int attempts) {
    Placement placement = placement();
    ReadCall call = new ReadCall(placement, items, Set.copyOf(suspects));
    new Talk(
            placement(),
            call,
            Stamp.NONE,
            50 * Timeline.MILLISECOND,
            _ -> {
              if (call.unread().isEmpty()) {
                next();
              } else {
                find(call.unread(), Set.of(), attempts);
              }
            })
        .begin();
  }

  private void put(Item.Result result) {
    Stamp stamp =
        new Stamp(
            Math.max(1, world.timeline.now() / Timeline.MILLISECOND + clockSkewMillis),
            random.nextLong());
    Placement placement = writePlacement();
    WriteCall call = new WriteCall(placement, Set.of(result), Set.copyOf(suspects));
    new Talk(
            placement(),
            call,
            stamp,
            Timeline.SECOND,
            talk -> {
              if (call.unwritten().isEmpty() && !isStale(talk, call)) {
                world.log(name, "put " + result + " " + stamp);
                world.promises.put(result, stamp, talk.beganNanos);
              }
              next();
            })
        .begin();
  }

  private void get(Item.Result result, int attempts) {
    boolean wasPut = world.promises.isPut(result);
    @Nullable Stamp newest = world.promises.newest(result);
    Placement placement = placement();
    LookUpCall call = new LookUpCall(placement, result, Set.copyOf(suspects));
    new Talk(
            placement(),
            call,
            Stamp.NONE,
            100 * Timeline.MILLISECOND,
            talk -> {
              if (call.isUnknown() && attempts > 1) {
                pause(() -> get(result, attempts - 1));
                return;
              }
              // One that answers alone may be behind: a result is a result.
              if (talk.trusted >= placement.copies()) {
                world.promises.got(result, call.newest().map(talk.stamps::get), wasPut, newest);
              }
              next();
            })
        .begin();
  }
}
