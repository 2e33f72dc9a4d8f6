package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.executor.ExecutorConfig;
import build.sparrow.scheduling.executor.ExecutorEffect;
import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.executor.ExecutorScheduler;
import build.sparrow.scheduling.executor.Offered;
import build.sparrow.scheduling.owner.HeldAttempt;
import build.sparrow.scheduling.owner.OfferedAttempt;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.owner.PoolDeclaration;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One process of an executor: the shipped scheduler, its streams, and actions that take virtual
 * time.
 */
final class ExecutorProcess {
  final ExecutorId id;
  final PoolDeclaration pool;
  final int slots;
  final Resources capacity;
  private final Simulation farm;
  private final ExecutorScheduler scheduler;
  private final SplittableRandom random;
  private final TreeMap<FrontendId, Stream> streams = new TreeMap<>();
  private final TreeMap<AttemptId, Run> runs = new TreeMap<>();
  private boolean alive = true;
  private boolean draining;
  private long tickAtNanos = Long.MAX_VALUE;

  /** One run of an action's process; what it planned is void once it is over. */
  private static final class Run {
    boolean over;
  }

  ExecutorProcess(
      Simulation farm, ExecutorId id, PoolDeclaration pool, int slots, SplittableRandom random) {
    this.farm = farm;
    this.id = id;
    this.pool = pool;
    this.slots = slots;
    this.random = random;
    capacity = new Resources(slots, farm.scenario.rules().read(pool.platform()).amounts());
    scheduler = new ExecutorScheduler(ExecutorConfig.of(slots));
  }

  String name() {
    return id.name();
  }

  boolean alive() {
    return alive;
  }

  boolean draining() {
    return draining;
  }

  int running() {
    return runs.size();
  }

  ExecutorScheduler scheduler() {
    return scheduler;
  }

  void start() {
    farm.frontendPlaces().forEach(this::connectLater);
  }

  private void connectLater(FrontendId frontend) {
    farm.timeline.after((20 + random.nextInt(380)) * Timeline.MILLISECOND, () -> connect(frontend));
  }

  private void connect(FrontendId place) {
    if (!alive || streams.containsKey(place)) {
      return;
    }
    FrontendProcess frontend = farm.frontend(place);
    if (!frontend.alive() || farm.faults.healedAt(name(), place) > farm.timeline.now()) {
      connectLater(place);
      return;
    }
    Stream stream = new Stream(farm, this, frontend);
    streams.put(place, stream);
    on(new ExecutorEvent.Connected(place));
  }

  void receive(Stream stream, ExecutorEvent message) {
    boolean unmatched =
        (message instanceof ExecutorEvent.ReservationsCancelled
                && farm.bug == PlantedBug.CANCEL_BY_IDENTITY)
            || (message instanceof ExecutorEvent.RoomWanted
                && farm.bug == PlantedBug.NO_ROOM_IS_KEPT);
    if (alive && streams.get(stream.frontend.id) == stream && !unmatched) {
      on(message);
    }
  }

  void streamEnded(Stream stream) {
    if (alive && streams.remove(stream.frontend.id, stream)) {
      on(new ExecutorEvent.Disconnected(stream.frontend.id));
      connectLater(stream.frontend.id);
    }
  }

  /** The farm lists the frontend's place no more. */
  void gone(FrontendId frontend) {
    if (alive && !streams.containsKey(frontend)) {
      on(new ExecutorEvent.FrontendGone(frontend));
    }
  }

  List<Stream> streams() {
    return List.copyOf(streams.values());
  }

  void drain(Duration grace) {
    if (alive && !draining) {
      draining = true;
      on(new ExecutorEvent.DrainAsked(grace));
    }
  }

  void die(boolean frontendsHear) {
    if (alive) {
      alive = false;
      farm.invariants.died(this);
      runs.values().forEach(run -> run.over = true);
      runs.clear();
      streams().forEach(stream -> stream.executorDied(frontendsHear));
      streams.clear();
    }
  }

  private void on(ExecutorEvent event) {
    List<ExecutorEffect> effects = scheduler.on(event, farm.timeline.now());
    farm.log.add(farm.timeline.now(), id.toString(), event, effects);
    for (ExecutorEffect effect : effects) {
      if (alive) {
        carryOut(effect);
      }
    }
    if (!(event instanceof ExecutorEvent.Tick)) {
      farm.invariants.check(this);
    }
    planTick();
  }

  private void planTick() {
    OptionalLong next = scheduler.nextTimerNanos();
    if (next.isPresent() && next.getAsLong() < tickAtNanos) {
      tickAtNanos = next.getAsLong();
      farm.timeline.at(tickAtNanos, this::tick);
    }
  }

  private void tick() {
    if (alive && tickAtNanos <= farm.timeline.now()) {
      tickAtNanos = Long.MAX_VALUE;
      on(new ExecutorEvent.Tick());
    }
  }

  private void carryOut(ExecutorEffect effect) {
    switch (effect) {
      case ExecutorEffect.SendHello(var frontend, var held, var isDraining) ->
          send(
              frontend,
              new OwnerEvent.ExecutorJoined(
                  id,
                  pool.name(),
                  pool.platform(),
                  "Full",
                  slots,
                  isDraining,
                  held.stream().map(each -> held(farm, each.attempt(), each.phase())).toList()));
      case ExecutorEffect.SendAnnounce(var frontend, var held) ->
          send(
              frontend,
              new OwnerEvent.HeldAnnounced(
                  id,
                  held.stream().map(each -> held(farm, each.attempt(), each.phase())).toList()));
      case ExecutorEffect.SendToken(var frontend, var free, var shared) ->
          send(frontend, new OwnerEvent.Token(id, free, shared));
      case ExecutorEffect.SendAccept(var frontend, var attempt) -> {
        farm.invariants.accepted(this, attempt);
        send(frontend, new OwnerEvent.Accepted(id, attempt));
      }
      case ExecutorEffect.SendReject(var frontend, var attempt, var free) -> {
        farm.invariants.rejected(attempt);
        send(frontend, new OwnerEvent.Rejected(id, attempt, free));
      }
      case ExecutorEffect.SendPull(var frontend, var free) ->
          send(frontend, new OwnerEvent.Pulled(id, free));
      case ExecutorEffect.SendProgress(var frontend, var attempts) ->
          send(frontend, new OwnerEvent.Progressed(id, attempts));
      case ExecutorEffect.SendDone(var frontend, var attempt, var ending) ->
          send(frontend, new OwnerEvent.Finished(id, attempt, ending));
      case ExecutorEffect.SendHandBack(var frontend, var attempt) ->
          send(frontend, new OwnerEvent.HandedBack(id, attempt));
      case ExecutorEffect.SendDraining(var frontend, var grace) ->
          send(frontend, new OwnerEvent.ExecutorDraining(id, grace));
      case ExecutorEffect.Start(var attempt) -> run(attempt);
      case ExecutorEffect.Stop(var attempt) ->
          farm.timeline.after(
              (1 + random.nextInt(400)) * Timeline.MILLISECOND,
              () -> end(attempt, runs.get(attempt), Ending.KILLED));
      case ExecutorEffect.Forget(var attempt) -> farm.invariants.forgotten(this, attempt);
      case ExecutorEffect.Drained _ -> {
        farm.invariants.drained(this);
        // What it said last is on the way before its streams end.
        farm.timeline.after(
            2 * farm.scenario.maxDelayNanos(),
            () -> {
              die(true);
              farm.faults.restartLater(this);
            });
      }
    }
  }

  private void send(FrontendId frontend, OwnerEvent message) {
    Stream stream = streams.get(frontend);
    if (stream != null) {
      stream.toFrontend(message);
    }
  }

  /** The attempt as a Hello announces it. */
  static HeldAttempt held(Simulation farm, AttemptId attempt, Phase phase) {
    Offer offer = farm.offer(attempt);
    return new HeldAttempt(
        attempt,
        offer.operation(),
        offer.action().id(),
        offer.action().platform(),
        0,
        offer.action().mergeable(),
        phase);
  }

  private void run(AttemptId attempt) {
    Run run = new Run();
    runs.put(attempt, run);
    Offer offer = farm.offer(attempt);
    farm.invariants.started(this, attempt, offer);
    Action action = offer.action();
    long executeAt = farm.timeline.now() + action.fetchNanos();
    long uploadAt = executeAt + action.executeNanos();
    farm.timeline.at(executeAt, () -> reach(attempt, run, Phase.EXECUTING));
    if (action.nature() == Action.Nature.POISON) {
      farm.timeline.at(
          executeAt + action.executeNanos() / 2,
          () -> {
            if (!run.over) {
              farm.faults.crash(this);
            }
          });
      return;
    }
    if (action.nature() == Action.Nature.HUNGRY) {
      farm.timeline.at(uploadAt, () -> end(attempt, run, Ending.OUT_OF_MEMORY));
      return;
    }
    if (farm.failsOnceMore(action)) {
      farm.timeline.at(executeAt, () -> end(attempt, run, Ending.EXECUTOR_FAILED));
      return;
    }
    farm.timeline.at(uploadAt, () -> reach(attempt, run, Phase.UPLOADING));
    farm.timeline.at(uploadAt + action.uploadNanos(), () -> end(attempt, run, Ending.DECIDED));
  }

  private void reach(AttemptId attempt, Run run, Phase phase) {
    if (!run.over) {
      on(new ExecutorEvent.PhaseReached(attempt, phase));
    }
  }

  private void end(AttemptId attempt, @Nullable Run run, Ending ending) {
    if (run != null && !run.over) {
      run.over = true;
      runs.remove(attempt);
      farm.invariants.ended(this, attempt, ending);
      if (ending == Ending.EXECUTOR_FAILED && farm.bug == PlantedBug.SLOT_OF_FAILED_LAUNCH_LEAKS) {
        send(farm.offer(attempt).frontend(), new OwnerEvent.Finished(id, attempt, ending));
        return;
      }
      on(new ExecutorEvent.Ended(attempt, ending));
    }
  }

  /** What an offer looks like on the wire to this executor. */
  static Offered offered(Simulation farm, OfferedAttempt offer) {
    Resources size =
        farm.bug == PlantedBug.SIZE_LOST_ON_THE_WAY ? Resources.slots(1) : offer.size();
    return new Offered(
        offer.attempt(), farm.offer(offer.attempt()).action().id(), size, offer.alone());
  }
}
