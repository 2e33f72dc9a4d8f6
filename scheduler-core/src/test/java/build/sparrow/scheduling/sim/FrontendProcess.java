package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.owner.Departure;
import build.sparrow.scheduling.owner.HeldAttempt;
import build.sparrow.scheduling.owner.OfferedAttempt;
import build.sparrow.scheduling.owner.OwnerConfig;
import build.sparrow.scheduling.owner.OwnerEffect;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.owner.OwnerScheduler;
import build.sparrow.scheduling.owner.OwnerSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One process of a frontend: the shipped scheduler and the shell's maps around it. */
final class FrontendProcess {
  final FrontendId id;
  final String epoch;
  private final Simulation farm;
  private final OwnerScheduler scheduler;
  private final SplittableRandom random;
  private final TreeMap<String, Stream> streams = new TreeMap<>();
  private final TreeMap<ExecutorId, Stream> streamsById = new TreeMap<>();
  private final Set<Stream> opened = new LinkedHashSet<>();
  private final TreeMap<WatcherId, Call> calls = new TreeMap<>();
  private final TreeMap<OperationId, Action> actions = new TreeMap<>();
  private boolean alive = true;
  private long diedAtNanos;
  private long firstEventNanos = -1;
  private long tickAtNanos = Long.MAX_VALUE;

  FrontendProcess(Simulation farm, FrontendId id, String epoch, SplittableRandom random) {
    this.farm = farm;
    this.id = id;
    this.epoch = epoch;
    this.random = random;
    scheduler =
        new OwnerScheduler(
            new OwnerConfig(
                epoch,
                farm.scenario.pools(),
                farm.scenario.rules(),
                Map.of(),
                farm.scenario.maxQueuedActions(),
                farm.weather.budgets(),
                Simulation.TIMES));
  }

  boolean alive() {
    return alive;
  }

  /** Whether it died so short a time ago that executors may still announce what it began. */
  boolean diedJustNow() {
    return !alive && farm.timeline.now() - diedAtNanos < 5 * Timeline.SECOND;
  }

  OwnerScheduler scheduler() {
    return scheduler;
  }

  /** How long the scheduler has been awake. */
  long awakeNanos() {
    return firstEventNanos < 0 ? 0 : farm.timeline.now() - firstEventNanos;
  }

  /** Streams on which nothing is under way. */
  List<Stream> quietStreams() {
    return streamsById.values().stream().filter(Stream::quiet).toList();
  }

  // Clients.

  void submit(Call call, WatcherId watcher, Action action, boolean mayRun) {
    OperationId proposed = new OperationId(epoch + "/" + watcher.number());
    calls.put(watcher, call);
    actions.put(proposed, action);
    on(
        new OwnerEvent.Submit(
            watcher,
            proposed,
            action.id(),
            action.platform(),
            call.priority(),
            action.mergeable(),
            call.origin(),
            mayRun && farm.bug != PlantedBug.TAKEOVER_NOT_AWAITED));
  }

  void watch(Call call, WatcherId watcher, OperationId operation) {
    calls.put(watcher, call);
    on(new OwnerEvent.Watch(watcher, operation));
  }

  void leave(WatcherId watcher, Departure departure) {
    if (alive && calls.remove(watcher) != null) {
      on(new OwnerEvent.WatcherLeft(watcher, departure));
    }
  }

  void cancel(OperationId operation) {
    if (alive) {
      on(new OwnerEvent.Cancel(operation));
    }
  }

  /** The result is read back before anyone hears of it; the operation may be long over by then. */
  void resultWritten(Action action) {
    if (alive) {
      farm.invariants.written(action);
      scheduler
          .wanting(action.id())
          .ifPresent(
              operation ->
                  farm.timeline.after(
                      random.nextLong(200 * Timeline.MILLISECOND),
                      () -> {
                        if (alive) {
                          on(new OwnerEvent.ResultWritten(operation));
                        }
                      }));
    }
  }

  void news(String executor) {
    if (alive) {
      on(
          new OwnerEvent.LossNews(
              executor,
              farm.bug == PlantedBug.PREEMPTION_CHARGED
                  ? LossClass.INFRASTRUCTURE
                  : LossClass.PREEMPTED));
    }
  }

  // Executors.

  /** A connection is there; its Hello is on the way. */
  void opened(Stream stream) {
    opened.add(stream);
  }

  void receive(Stream stream, OwnerEvent message) {
    if (!alive) {
      return;
    }
    if (message instanceof OwnerEvent.ExecutorJoined hello) {
      Stream older = streams.put(hello.executor().name(), stream);
      if (older != null && older != stream) {
        streamsById.remove(older.executor.id);
        older.closeAtFrontend();
      }
      streamsById.put(hello.executor(), stream);
      hello.held().forEach(this::remember);
    }
    if (message instanceof OwnerEvent.HeldAnnounced announced) {
      announced.held().forEach(this::remember);
    }
    if (streamsById.get(stream.executor.id) == stream) {
      on(
          switch (message) {
            case OwnerEvent.ExecutorJoined hello
                when farm.bug == PlantedBug.LOST_PULL_REPLY_LOSES_ACTION ->
                withAllThatWasOffered(hello);
            case OwnerEvent.Finished done when farm.bug == PlantedBug.LATE_RESULT_NOT_FENCED ->
                asOfTheLiveAttempt(done);
            default -> message;
          });
    }
  }

  private OwnerEvent withAllThatWasOffered(OwnerEvent.ExecutorJoined hello) {
    List<HeldAttempt> held = new ArrayList<>(hello.held());
    for (OwnerSnapshot.Executor known : scheduler.snapshot(farm.timeline.now()).executors()) {
      if (known.id().equals(hello.executor())) {
        for (OperationId operation : known.operations()) {
          AttemptId attempt = liveAttempt(operation);
          if (attempt != null && held.stream().noneMatch(each -> each.attempt().equals(attempt))) {
            held.add(ExecutorProcess.held(farm, attempt, Phase.FETCHING));
          }
        }
      }
    }
    return new OwnerEvent.ExecutorJoined(
        hello.executor(),
        hello.pool(),
        hello.platform(),
        hello.isolationLevel(),
        hello.slots(),
        hello.draining(),
        held);
  }

  private OwnerEvent asOfTheLiveAttempt(OwnerEvent.Finished done) {
    AttemptId live = liveAttempt(farm.offer(done.attempt()).operation());
    return live == null
        ? done
        : new OwnerEvent.Finished(farm.offer(live).executor(), live, done.ending());
  }

  private void remember(HeldAttempt held) {
    actions.putIfAbsent(held.operation(), farm.offer(held.attempt()).action());
  }

  void streamEnded(Stream stream) {
    if (alive && streamsById.remove(stream.executor.id, stream)) {
      streams.remove(stream.executor.name(), stream);
      on(new OwnerEvent.ExecutorDisconnected(stream.executor.id));
    }
  }

  void die() {
    alive = false;
    diedAtNanos = farm.timeline.now();
    farm.invariants.died(this);
    opened.forEach(Stream::frontendDied);
    List<Call> broken = List.copyOf(calls.values());
    calls.clear();
    broken.forEach(Call::connectionLost);
  }

  private void on(OwnerEvent event) {
    if (firstEventNanos < 0) {
      firstEventNanos = farm.timeline.now();
    }
    boolean decides =
        event instanceof OwnerEvent.Finished done && farm.invariants.decides(this, done);
    List<OwnerEffect> effects = scheduler.on(event, farm.timeline.now(), random);
    farm.log.add(farm.timeline.now(), epoch, event, effects);
    farm.invariants.answered(event, decides, effects);
    effects.forEach(this::carryOut);
    // A heartbeat changes nothing to check.
    if (!(event instanceof OwnerEvent.Progressed) || !effects.isEmpty()) {
      farm.invariants.check(this);
    }
    OptionalLong next = scheduler.nextTimerNanos();
    if (next.isPresent() && next.getAsLong() < tickAtNanos) {
      tickAtNanos = next.getAsLong();
      farm.timeline.at(tickAtNanos, this::tick);
    }
  }

  private void tick() {
    if (alive && tickAtNanos <= farm.timeline.now()) {
      tickAtNanos = Long.MAX_VALUE;
      on(new OwnerEvent.Tick());
    }
  }

  private void carryOut(OwnerEffect effect) {
    switch (effect) {
      case OwnerEffect.Follow(var watcher, var operation, var stage, _) -> {
        Call call = calls.get(watcher);
        if (call != null) {
          call.follows(operation);
          if (stage == Stage.COMPLETED) {
            calls.remove(watcher);
            farm.invariants.served(this, operation, call);
            call.ended();
          }
        }
      }
      case OwnerEffect.UnknownOperation(var watcher, _) ->
          withCall(watcher, Call::operationUnknown);
      case OwnerEffect.Unsatisfiable(var watcher, var pool, var differences) ->
          withCall(
              watcher,
              call -> {
                farm.invariants.unsatisfiable(call, pool, differences);
                call.ended();
              });
      case OwnerEffect.Shed(var watcher, _, _) -> withCall(watcher, Call::shed);
      case OwnerEffect.StageChanged(var operation, var stage, var executor) ->
          farm.invariants.stageChanged(this, operation, stage, executor);
      case OwnerEffect.Conclude(var operation, var executor, var attempt) -> {
        farm.invariants.concluded(this, operation, executor, attempt, actionOf(operation));
        farm.timeline.after(
            random.nextLong(random.nextInt(20) == 0 ? Timeline.SECOND : 20 * Timeline.MILLISECOND),
            () -> {
              if (alive) {
                on(new OwnerEvent.Concluded(operation));
              }
            });
      }
      case OwnerEffect.Completed(var operation, _) -> publish(operation);
      case OwnerEffect.CompletedFromCache(var operation) -> {
        farm.invariants.completedFromCache(this, operation, actionOf(operation));
        publish(operation);
      }
      case OwnerEffect.Fail(var operation, var failure) -> {
        farm.invariants.failed(this, operation, actionOf(operation), failure);
        publish(operation);
      }
      case OwnerEffect.Forget(var operation) -> {
        farm.invariants.forgotten(this, operation);
        actions.remove(operation);
      }
      case OwnerEffect.Adopted(var operation, _, var attempt) ->
          farm.invariants.adopted(this, operation, attempt);
      case OwnerEffect.SendWelcome(var executor, var counted) ->
          send(executor, new ExecutorEvent.Welcomed(id, epoch, counted));
      case OwnerEffect.SendOffer(var executor, var offer) -> {
        register(executor, offer);
        send(executor, new ExecutorEvent.OfferReceived(id, ExecutorProcess.offered(farm, offer)));
      }
      case OwnerEffect.SendPullReply(var executor, var offers, var overdue) -> {
        offers.forEach(offer -> register(executor, offer));
        send(
            executor,
            new ExecutorEvent.PullAnswered(
                id,
                offers.stream().map(offer -> ExecutorProcess.offered(farm, offer)).toList(),
                overdue));
      }
      case OwnerEffect.SendReserve(var executor, var count, var overdue) ->
          send(executor, new ExecutorEvent.Reserved(id, count, overdue));
      case OwnerEffect.SendCancelReserve(var executor, var count) ->
          send(executor, new ExecutorEvent.ReservationsCancelled(id, count));
      case OwnerEffect.SendRoomWanted(var executor, var room) ->
          send(executor, new ExecutorEvent.RoomWanted(id, room));
      case OwnerEffect.SendKill(var executor, var attempt) -> {
        farm.invariants.killed(this, attempt);
        send(executor, new ExecutorEvent.KillReceived(id, attempt));
      }
      case OwnerEffect.SendAck(var executor, var attempt) -> {
        farm.invariants.acknowledged(this, executor, attempt);
        send(executor, new ExecutorEvent.Acknowledged(id, attempt));
      }
      case OwnerEffect.SendDrain _ ->
          throw new AssertionError("Nobody asked this frontend for a drain");
      case OwnerEffect.Disconnect(var executor) -> {
        Stream stream = streamsById.remove(executor);
        if (stream != null) {
          streams.remove(executor.name(), stream);
          stream.closeAtFrontend();
        }
      }
    }
  }

  private Action actionOf(OperationId operation) {
    Action action = actions.get(operation);
    if (action == null) {
      throw new AssertionError("The shell knows no envelope of " + operation);
    }
    return action;
  }

  private void register(ExecutorId executor, OfferedAttempt offer) {
    farm.offered(
        offer.attempt(),
        new Offer(
            id,
            executor,
            offer.operation(),
            actionOf(offer.operation()),
            offer.size(),
            offer.alone()));
  }

  private void publish(OperationId operation) {
    farm.invariants.published(this, operation);
    for (WatcherId watcher : List.copyOf(calls.keySet())) {
      withCallIf(watcher, operation);
    }
  }

  private void withCallIf(WatcherId watcher, OperationId operation) {
    Call call = calls.get(watcher);
    if (call != null && operation.equals(call.operation())) {
      calls.remove(watcher);
      call.ended();
    }
  }

  private void withCall(WatcherId watcher, Consumer<Call> step) {
    Call call = calls.remove(watcher);
    if (call != null) {
      step.accept(call);
    }
  }

  private void send(ExecutorId executor, ExecutorEvent message) {
    Stream stream = streamsById.get(executor);
    if (stream != null) {
      stream.toExecutor(message);
    }
  }

  @Nullable AttemptId liveAttempt(OperationId operation) {
    return scheduler.find(operation).map(view -> view.attempt()).orElse(null);
  }
}
