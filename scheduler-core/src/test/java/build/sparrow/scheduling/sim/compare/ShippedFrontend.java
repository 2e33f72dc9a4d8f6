package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.executor.Offered;
import build.sparrow.scheduling.owner.LossBudgets;
import build.sparrow.scheduling.owner.OfferedAttempt;
import build.sparrow.scheduling.owner.OwnerConfig;
import build.sparrow.scheduling.owner.OwnerEffect;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.owner.OwnerScheduler;
import build.sparrow.scheduling.owner.OwnerTimes;
import build.sparrow.scheduling.owner.PoolDeclaration;
import build.sparrow.scheduling.sim.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * A frontend that does what its scheduler says, and the clients that follow their actions at it.
 * One whose frontend is gone asks again, and is led to another one.
 */
final class ShippedFrontend {
  /** Bazel's first pause before it tries again, give or take a tenth. */
  private static final long RETRY_NANOS = 100 * Timeline.MILLISECOND;

  /** Longer than executors take to tell another frontend. */
  private static final long ANNOUNCED_WITHIN_NANOS = 5 * Timeline.SECOND;

  /** As shipped, but finished operations are not kept: nobody asks for them here. */
  private static final OwnerTimes TIMES = OwnerTimes.DEFAULT.withRetention(Duration.ofMillis(1));

  final FrontendId id;
  final String epoch;
  private final Shipped farm;
  private final OwnerScheduler scheduler;
  private final SplittableRandom random;
  private final Map<ExecutorId, ShippedStream> streams = new HashMap<>();

  /** What each operation is for, as long as the scheduler knows it. */
  private final Map<OperationId, Task> tasks = new HashMap<>();

  /** Who waits, in the order of coming. */
  private final Map<WatcherId, Task> waiting = new LinkedHashMap<>();

  private final Map<OperationId, List<WatcherId>> followers = new HashMap<>();
  private long watchers;
  private boolean alive = true;
  private long diedAtNanos;
  private long tickAtNanos = Long.MAX_VALUE;

  ShippedFrontend(
      Shipped farm, FrontendId id, List<PoolDeclaration> pools, SplittableRandom random) {
    this.farm = farm;
    this.id = id;
    this.random = random;
    epoch = id + ".e";
    scheduler =
        new OwnerScheduler(
            new OwnerConfig(
                epoch,
                pools,
                PropertyRules.EXACT,
                tenantWeights(farm.run.workload()),
                Integer.MAX_VALUE,
                LossBudgets.DEFAULT,
                TIMES));
  }

  private static Map<String, Integer> tenantWeights(Workload workload) {
    Map<String, Integer> weights = new HashMap<>();
    workload.tenantWeights().forEach((tenant, weight) -> weights.put(name(tenant), weight));
    return weights;
  }

  private static String name(int tenant) {
    return "tenant" + tenant;
  }

  void connected(ShippedStream stream) {
    streams.put(stream.executor.id, stream);
  }

  boolean alive() {
    return alive;
  }

  /** Whether it died so short a time ago that executors may still announce what it began. */
  boolean diedJustNow() {
    return !alive && farm.run.timeline.now() - diedAtNanos < ANNOUNCED_WITHIN_NANOS;
  }

  void submit(Task task, boolean mayRun) {
    WatcherId watcher = new WatcherId(watchers++);
    OperationId operation = new OperationId(epoch + "/" + watcher.number());
    tasks.put(operation, task);
    waiting.put(watcher, task);
    on(
        new OwnerEvent.Submit(
            watcher,
            operation,
            task.action,
            Shipped.asked(task.facts.platform()),
            task.facts.priority(),
            true,
            origin(task.facts),
            mayRun));
  }

  /** Its clients see their connections break, wait a little as Bazel does, and ask again. */
  void crash() {
    alive = false;
    diedAtNanos = farm.run.timeline.now();
    streams.values().forEach(stream -> stream.close(stream.executor::frontendLost));
    for (Task task : waiting.values()) {
      farm.run.timeline.after(
          farm.run.hop() + (long) (RETRY_NANOS * (1 + 0.1 * random.nextDouble())),
          () -> farm.execute(task));
    }
  }

  void executorLost(ShippedStream stream) {
    if (alive && streams.remove(stream.executor.id) != null) {
      on(new OwnerEvent.ExecutorDisconnected(stream.executor.id));
    }
  }

  /** The platform tells the operator, which tells the frontends. */
  void preemptionNews(ShippedExecutor executor) {
    if (alive) {
      on(new OwnerEvent.LossNews(executor.id.name(), LossClass.PREEMPTED));
    }
  }

  private static Origin origin(Task.Facts facts) {
    return new Origin(
        name(facts.tenant()),
        "build" + facts.build(),
        "kind" + facts.mnemonic(),
        "//p" + facts.target() / Task.TARGETS_OF_A_PACKAGE + ":t" + facts.target());
  }

  void receive(OwnerEvent message) {
    if (!alive) {
      return;
    }
    if (message instanceof OwnerEvent.Rejected) {
      farm.rejects++;
    }
    on(message);
  }

  private void on(OwnerEvent event) {
    for (OwnerEffect effect : scheduler.on(event, farm.run.timeline.now(), random)) {
      carryOut(effect);
    }
    OptionalLong next = scheduler.nextTimerNanos();
    if (next.isPresent() && next.getAsLong() < tickAtNanos) {
      tickAtNanos = next.getAsLong();
      farm.run.timeline.at(tickAtNanos, this::tick);
    }
  }

  private void tick() {
    if (alive && tickAtNanos <= farm.run.timeline.now()) {
      tickAtNanos = Long.MAX_VALUE;
      on(new OwnerEvent.Tick());
    }
  }

  private void carryOut(OwnerEffect effect) {
    switch (effect) {
      case OwnerEffect.Follow(var watcher, var operation, var stage, _) ->
          follow(watcher, operation, stage);
      // Storage is not compared: no policy waits for it.
      case OwnerEffect.Conclude(var operation, _, _) ->
          farm.run.timeline.after(0, () -> concluded(operation));
      case OwnerEffect.Completed(var operation, _) -> ended(operation);
      case OwnerEffect.Fail(var operation, _) -> {
        farm.errors++;
        ended(operation);
      }
      case OwnerEffect.Adopted(var operation, _, var attempt) ->
          tasks.putIfAbsent(operation, Objects.requireNonNull(farm.attempts.get(attempt)).task());
      case OwnerEffect.SendWelcome(var executor, var counted) ->
          send(executor, new ExecutorEvent.Welcomed(id, epoch, counted));
      case OwnerEffect.SendOffer(var executor, var offer) ->
          send(executor, new ExecutorEvent.OfferReceived(id, registered(offer)));
      case OwnerEffect.SendPullReply(var executor, var offers, var overdue) ->
          send(
              executor,
              new ExecutorEvent.PullAnswered(
                  id, offers.stream().map(this::registered).toList(), overdue));
      case OwnerEffect.SendReserve(var executor, var count, var overdue) ->
          send(executor, new ExecutorEvent.Reserved(id, count, overdue));
      case OwnerEffect.SendCancelReserve(var executor, var count) ->
          send(executor, new ExecutorEvent.ReservationsCancelled(id, count));
      case OwnerEffect.SendRoomWanted(var executor, var room) ->
          send(executor, new ExecutorEvent.RoomWanted(id, room));
      case OwnerEffect.SendKill(var executor, var attempt) ->
          send(executor, new ExecutorEvent.KillReceived(id, attempt));
      case OwnerEffect.SendAck(var executor, var attempt) ->
          send(executor, new ExecutorEvent.Acknowledged(id, attempt));
      case OwnerEffect.StageChanged _ -> {}
      case OwnerEffect.Forget(var operation) -> tasks.remove(operation);
      case OwnerEffect.CompletedFromCache _,
          OwnerEffect.Shed _,
          OwnerEffect.Unsatisfiable _,
          OwnerEffect.UnknownOperation _,
          OwnerEffect.SendDrain _,
          OwnerEffect.Disconnect _ ->
          throw new AssertionError("Nobody asks for this here: " + effect);
    }
  }

  private void concluded(OperationId operation) {
    if (alive) {
      on(new OwnerEvent.Concluded(operation));
    }
  }

  private void follow(WatcherId watcher, OperationId operation, Stage stage) {
    if (!tasks.containsKey(operation)) {
      throw new AssertionError("Told to follow the unknown " + operation);
    }
    followers.computeIfAbsent(operation, _ -> new ArrayList<>()).add(watcher);
    if (stage == Stage.COMPLETED) {
      ended(operation);
    }
  }

  private void ended(OperationId operation) {
    List<WatcherId> told = followers.remove(operation);
    if (told != null) {
      // Those who follow the same operation want the same action, which ends for all.
      Task first = Objects.requireNonNull(waiting.get(told.getFirst()));
      told.forEach(waiting::remove);
      if (first.finishedNanos < 0) {
        farm.run.finished(first);
      }
    }
  }

  private Offered registered(OfferedAttempt offer) {
    farm.offers++;
    Task task = Objects.requireNonNull(tasks.get(offer.operation()));
    farm.attempts.put(offer.attempt(), new Shipped.Bound(task, offer.operation()));
    return new Offered(offer.attempt(), task.action, offer.size(), offer.alone());
  }

  private void send(ExecutorId executor, ExecutorEvent message) {
    ShippedStream stream = streams.get(executor);
    if (stream != null) {
      stream.toExecutor(message);
    }
  }
}
