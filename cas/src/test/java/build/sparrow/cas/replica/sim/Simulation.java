package build.sparrow.cas.replica.sim;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.service.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** One storage in virtual time, with faults first and then without. All follows from the seed. */
final class Simulation {
  private static final long FAULTS_NANOS = 40 * Timeline.SECOND;

  /** The slowest of what was under way has ended by then. */
  private static final long RECOVERY_NANOS = 20 * Timeline.SECOND;

  private static final long HEALTHY_NANOS = 15 * Timeline.SECOND;

  /** Until the leases in a full shard have passed, and it has then taken all that it is owed. */
  private static final long REST_NANOS = 30 * Timeline.SECOND;

  private static final int RESULTS = 6;
  private static final List<Digest> DIGESTS =
      IntStream.range(0, Scenario.MAX_BLOBS)
          .mapToObj(
              number ->
                  DigestFunction.SHA256.digestOf(
                      ("blob " + number).getBytes(StandardCharsets.US_ASCII)))
          .toList();

  final Timeline timeline = new Timeline();
  final PlantedBug bug;
  final Placement founding;
  final Net net;
  final Promises promises = new Promises(this);
  final long leaseNanos;
  private final long seed;
  private final Scenario scenario;
  private final EventLog log;
  private final Faults faults;
  private final Map<Endpoint, SimShard> shards = new LinkedHashMap<>();
  private final List<SimFrontend> frontends = new ArrayList<>();
  private final SplittableRandom growth;

  /**
   * What one run came to.
   *
   * @param hash of everything that happened
   */
  record Outcome(long hash, long events, long faults, long acknowledged, long found, long denied) {}

  private Simulation(long seed, PlantedBug bug, boolean echo) {
    this.seed = seed;
    this.bug = bug;
    this.log = new EventLog(echo);
    SplittableRandom random = new SplittableRandom(seed);
    this.scenario = Scenario.draw(seed, random.split());
    this.leaseNanos = scenario.leaseSeconds() * Timeline.SECOND;
    this.net = new Net(timeline, random.split(), scenario.loss());
    List<Endpoint> names =
        IntStream.range(0, scenario.shards()).mapToObj(i -> new Endpoint("s" + i, 1)).toList();
    this.founding = new Placement(names, 2);
    this.faults = new Faults(this, random.split());
    for (Endpoint name : names) {
      shards.put(name, new SimShard(this, name, scenario.capacity(), random.split()));
    }
    for (int i = 0; i < scenario.frontends(); i++) {
      frontends.add(new SimFrontend(this, "f" + i, random.split()));
    }
    this.growth = random.split();
  }

  /** Runs a storage. Throws AssertionError, with how to replay it, if a promise is broken. */
  static Outcome run(long seed, PlantedBug bug, boolean echo) {
    return new Simulation(seed, bug, echo).run();
  }

  private Outcome run() {
    try {
      shards.values().forEach(SimShard::start);
      frontends.forEach(SimFrontend::start);
      faults.plan(scenario, FAULTS_NANOS);
      timeline.after(growth.nextLong(FAULTS_NANOS / 8), this::operate);
      timeline.runUntil(FAULTS_NANOS);
      mend();
      // What was owed from before is seen now; later, whoever looks for an item has it brought
      // home.
      timeline.runUntil(FAULTS_NANOS + RECOVERY_NANOS);
      if (!isTight() && hasGrown()) { // Without room a debt waits.
        promises.checkHomes(FAULTS_NANOS);
      }
      timeline.runUntil(FAULTS_NANOS + RECOVERY_NANOS + HEALTHY_NANOS + REST_NANOS);
      promises.checkAtEnd();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          """
          %s
          at %,d us of seed %d: %s
          %s
          Replay it with: make sim-storage REPLAY=%d
          The last lines of its log:
          %s\
          """
              .formatted(
                  failure.getMessage(),
                  timeline.now() / 1_000,
                  seed,
                  scenario,
                  shards.values(),
                  seed,
                  log.tail()),
          failure);
    }
    return new Outcome(
        log.hash(),
        log.entries(),
        faults.count(),
        promises.acknowledged(),
        promises.found(),
        promises.denied());
  }

  /** As the operator does it: one shard after the other is started, and joins when it can. */
  private void operate() {
    Placement newest =
        shards.values().stream()
            .flatMap(shard -> shard.placement().stream())
            .max(Comparator.comparingInt(Placement::epoch))
            .orElse(founding);
    int wanted = scenario.shards() + scenario.joiners();
    if (newest.members().size() == shards.size() && shards.size() < wanted) {
      Endpoint name = new Endpoint("s" + shards.size(), 1);
      SimShard shard = new SimShard(this, name, scenario.capacity(), growth.split());
      shards.put(name, shard);
      shard.start();
    }
    frontends.get(growth.nextInt(frontends.size())).grow(List.copyOf(shards.keySet()));
    timeline.after(growth.nextLong(2 * Timeline.SECOND), this::operate);
  }

  private void mend() {
    log("world", "is mended");
    net.heal();
    shards.values().forEach(shard -> shard.slow(0));
    shards.values().forEach(SimShard::start);
  }

  /** Whether nothing has been broken for so long that whatever is asked must be answered. */
  boolean isHealthy() {
    return timeline.now() > FAULTS_NANOS + RECOVERY_NANOS;
  }

  /** Until nobody hears of new placements late any more; negative from then on. */
  long untilAllHearNanos() {
    return FAULTS_NANOS + RECOVERY_NANOS / 4 - timeline.now();
  }

  /** A placement is about to be made known. */
  void placementComes() {
    faults.placementComes();
  }

  /** Whether clients ask no more. */
  boolean isEnding() {
    return timeline.now() > FAULTS_NANOS + RECOVERY_NANOS + HEALTHY_NANOS;
  }

  /** Whether shards may have no room for what is not leased. */
  boolean isTight() {
    return scenario.isTight();
  }

  void log(String who, String what) {
    log.add(timeline.now(), who, what);
  }

  List<SimShard> shards() {
    return List.copyOf(shards.values());
  }

  private boolean hasGrown() {
    return shards.values().stream()
        .allMatch(shard -> shard.placement().equals(Optional.of(placementAtLast())));
  }

  /** The placement that the farm has in the end. */
  Placement placementAtLast() {
    Placement placement = founding;
    for (int i = 0; i < scenario.joiners(); i++) {
      placement = placement.joinedBy(new Endpoint("s" + (scenario.shards() + i), 1)).joined();
    }
    return placement;
  }

  SimShard shard(Endpoint name) {
    return Objects.requireNonNull(shards.get(name));
  }

  List<SimFrontend> frontends() {
    return frontends;
  }

  Set<Item> anyBlobs(SplittableRandom random, int most) {
    Set<Item> blobs = new LinkedHashSet<>();
    int count = 1 + random.nextInt(most);
    for (int i = 0; i < count; i++) {
      blobs.add(
          new Item.Blob(
              new BlobScope(InstanceName.ROOT, DigestFunction.SHA256),
              DIGESTS.get(random.nextInt(scenario.blobs()))));
    }
    return blobs;
  }

  Item.Result anyResult(SplittableRandom random) {
    return new Item.Result(
        new ActionKey(
            InstanceName.ROOT, DigestFunction.SHA256, DIGESTS.get(random.nextInt(RESULTS))));
  }
}
