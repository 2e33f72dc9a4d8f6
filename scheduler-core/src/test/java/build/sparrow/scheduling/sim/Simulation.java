package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Rendezvous;
import build.sparrow.scheduling.WatcherId;
import build.sparrow.scheduling.owner.OwnerTimes;
import build.sparrow.scheduling.owner.PoolDeclaration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One farm in virtual time, from its first call until nothing is left of any. All of it follows
 * from the seed.
 */
public final class Simulation {
  /** After the last fault every call must have ended by then. */
  private static final long PATIENCE_NANOS = 600 * Timeline.SECOND;

  /**
   * Longer than a frontend's place is empty and then anything is kept for: all tables must be
   * empty.
   */
  private static final long AFTERMATH_NANOS = 45 * Timeline.SECOND;

  /**
   * As shipped, but finished operations are kept for seconds, since each virtual second costs
   * heartbeats.
   */
  static final OwnerTimes TIMES = OwnerTimes.DEFAULT.withRetention(Duration.ofSeconds(4));

  final Scenario scenario;
  final Timeline timeline = new Timeline();
  final EventLog log;
  final Invariants invariants;
  final Faults faults;
  final SplittableRandom network;
  final Weather weather;
  final PlantedBug bug;
  private final Set<Reduction> reductions;
  private final long seed;
  private final SplittableRandom random;
  private final TreeMap<FrontendId, FrontendProcess> frontends = new TreeMap<>();
  private final TreeMap<String, ExecutorProcess> executors = new TreeMap<>();
  private final List<Call> calls = new ArrayList<>();
  private final Map<AttemptId, Offer> offers = new LinkedHashMap<>();
  private final Map<ActionId, Integer> failuresLeft = new HashMap<>();
  private long watchers;
  private int epochs;
  private int incarnations;

  private Simulation(
      Weather weather, long seed, PlantedBug bug, Set<Reduction> reductions, boolean echo) {
    this.weather = weather;
    this.seed = seed;
    this.bug = bug;
    this.reductions = reductions;
    random = new SplittableRandom(seed);
    Scenario drawn = weather.draw(random.split());
    for (Reduction reduction : reductions) {
      drawn = drawn.reduced(reduction);
    }
    scenario = drawn;
    network = random.split();
    faults = new Faults(this, random.split());
    log = new EventLog(echo);
    invariants = new Invariants(this);
  }

  /**
   * What one run came to.
   *
   * @param hash of everything that happened
   */
  public record Outcome(
      long hash,
      long events,
      int calls,
      int completed,
      int failed,
      int started,
      int adopted,
      long faults) {}

  /**
   * Runs a farm. Throws AssertionError, with how to replay it, if an invariant does not hold.
   *
   * @param bug what is wrong with the schedulers, to see whether that is found
   * @param reductions what the scenario of the seed is relieved of
   */
  static Outcome run(
      Weather weather, long seed, PlantedBug bug, Set<Reduction> reductions, boolean echo) {
    return new Simulation(weather, seed, bug, reductions, echo).run();
  }

  private Outcome run() {
    try {
      begin();
      while (timeline.now() < scenario.faultsUntilNanos() || !calls.stream().allMatch(Call::over)) {
        if (!timeline.step(scenario.faultsUntilNanos() + PATIENCE_NANOS)) {
          throw new AssertionError(
              "Never ended: " + calls.stream().filter(call -> !call.over()).toList());
        }
      }
      long end = timeline.now() + AFTERMATH_NANOS;
      while (timeline.step(end)) {}
      invariants.checkQuiescence();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          """
          %s
          at %,d us of seed %d in %s weather: %s
          Replay it with: make sim-faults REPLAY="%s %d%s"
          The last lines of its log:
          %s\
          """
              .formatted(
                  failure.getMessage(),
                  timeline.now() / 1_000,
                  seed,
                  weather,
                  scenario,
                  weather,
                  seed,
                  reductions.stream().map(each -> " " + each).collect(Collectors.joining()),
                  log.tail(30)),
          failure);
    }
    return invariants.outcome(log, calls.size(), faults.count());
  }

  private void begin() {
    for (int number = 0; number < scenario.frontends(); number++) {
      startFrontend(new FrontendId("f" + number));
    }
    for (PoolDeclaration pool : scenario.pools()) {
      for (int number = 0; number < scenario.executors(); number++) {
        startExecutor(pool.name() + number, pool, 1 + random.nextInt(scenario.maxSlots()));
      }
    }
    List<Action> actions = new ArrayList<>();
    for (int number = 0; number < scenario.distinctActions(); number++) {
      actions.add(drawAction(number));
    }
    for (int number = 0; number < scenario.calls(); number++) {
      Action action = actions.get(random.nextInt(actions.size()));
      Call call = new Call(this, number, action, random.split());
      calls.add(call);
      timeline.at(random.nextLong(scenario.callsUntilNanos()), call::begin);
    }
    faults.plan();
  }

  private Action drawAction(int number) {
    ActionId id = new ActionId("a" + number);
    boolean bad = random.nextDouble() < scenario.badActions();
    int kind = random.nextInt(6);
    Platform platform =
        random.nextInt(50) == 0
            ? Scenario.IMPOSSIBLE
            : scenario.actionPlatforms().get(random.nextInt(scenario.actionPlatforms().size()));
    // Most are short, some are a thousand times longer.
    long execute = (long) (Math.exp(random.nextDouble() * 7) * 3 * Timeline.MILLISECOND);
    int failures = bad && kind >= 2 ? 1 + random.nextInt(3) : 0;
    failuresLeft.put(id, failures);
    return new Action(
        id,
        platform,
        random.nextInt(8) > 0,
        random.nextLong(50 * Timeline.MILLISECOND),
        execute,
        random.nextLong(20 * Timeline.MILLISECOND),
        bad && kind == 0
            ? Action.Nature.POISON
            : bad && kind == 1 ? Action.Nature.HUNGRY : Action.Nature.HARMLESS,
        failures);
  }

  boolean failsOnceMore(Action action) {
    int left = failuresLeft.getOrDefault(action.id(), 0);
    failuresLeft.put(action.id(), left - 1);
    return left > 0;
  }

  void startFrontend(FrontendId place) {
    frontends.put(place, new FrontendProcess(this, place, place + ".e" + ++epochs, random.split()));
  }

  void startExecutor(String name, PoolDeclaration pool, int slots) {
    ExecutorProcess former = executors.get(name);
    if (former != null && former.alive()) {
      return;
    }
    ExecutorProcess executor =
        new ExecutorProcess(
            this, new ExecutorId(name, "i" + ++incarnations), pool, slots, random.split());
    executors.put(name, executor);
    executor.start();
  }

  List<FrontendId> frontendPlaces() {
    return List.copyOf(frontends.navigableKeySet());
  }

  /** Of the frontends that are alive the one whose the action is; of all if none is. */
  FrontendId ownerOf(ActionId action) {
    return heaviest(action, frontends.values().stream().filter(FrontendProcess::alive).toList())
        .or(() -> heaviest(action, frontends.values()))
        .orElseThrow();
  }

  private static Optional<FrontendId> heaviest(ActionId action, Collection<FrontendProcess> among) {
    return among.stream()
        .map(each -> each.id)
        .max(Comparator.comparingLong(each -> Rendezvous.weight(each, action)));
  }

  /** Whether the action would be that of a frontend that has died just now. */
  boolean mayRunElsewhere(ActionId action, FrontendId owner) {
    long weight = Rendezvous.weight(owner, action);
    return frontends.values().stream()
        .filter(FrontendProcess::diedJustNow)
        .anyMatch(dead -> Rendezvous.weight(dead.id, action) > weight);
  }

  FrontendProcess frontend(FrontendId place) {
    FrontendProcess frontend = frontends.get(place);
    if (frontend == null) {
      throw new IllegalArgumentException("No frontend " + place);
    }
    return frontend;
  }

  List<FrontendProcess> frontends() {
    return List.copyOf(frontends.values());
  }

  List<ExecutorProcess> executors() {
    return List.copyOf(executors.values());
  }

  Optional<ExecutorProcess> anyExecutor(RandomGenerator from) {
    List<ExecutorProcess> alive = executors().stream().filter(ExecutorProcess::alive).toList();
    return alive.isEmpty() ? Optional.empty() : Optional.of(alive.get(from.nextInt(alive.size())));
  }

  Call anyCall(RandomGenerator from) {
    return calls.get(from.nextInt(calls.size()));
  }

  WatcherId nextWatcher() {
    return new WatcherId(++watchers);
  }

  void offered(AttemptId attempt, Offer offer) {
    if (offers.putIfAbsent(attempt, offer) != null) {
      throw new AssertionError("Attempt " + attempt + " was offered twice");
    }
  }

  @Nullable AttemptId anyAttempt(RandomGenerator from) {
    return offers.isEmpty() ? null : List.copyOf(offers.keySet()).get(from.nextInt(offers.size()));
  }

  Offer offer(AttemptId attempt) {
    Offer offer = offers.get(attempt);
    if (offer == null) {
      throw new AssertionError("Attempt " + attempt + " was never offered");
    }
    return offer;
  }
}
