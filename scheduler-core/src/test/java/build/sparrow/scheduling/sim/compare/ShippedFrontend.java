package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** A frontend that does what its scheduler says, and nothing else. */
final class ShippedFrontend {
  /** The action cache takes this long to write. */
  private static final long CACHE_WRITE_NANOS = 2 * Timeline.MILLISECOND;

  /** As shipped, but finished operations are not kept: nobody asks for them here. */
  private static final OwnerTimes TIMES =
      new OwnerTimes(
          OwnerTimes.DEFAULT.settle(),
          OwnerTimes.DEFAULT.reconnect(),
          OwnerTimes.DEFAULT.silence(),
          OwnerTimes.DEFAULT.cancelledGrace(),
          OwnerTimes.DEFAULT.lostGrace(),
          OwnerTimes.DEFAULT.heldGrace(),
          OwnerTimes.DEFAULT.takeover(),
          Duration.ofMillis(1));

  final FrontendId id;
  final String epoch;
  private final Shipped farm;
  private final OwnerScheduler scheduler;
  private final SplittableRandom random;
  private final Map<ExecutorId, ShippedStream> streams = new HashMap<>();
  private final Map<OperationId, Task> tasks = new HashMap<>();
  private long watchers;
  private long tickAtNanos = Long.MAX_VALUE;

  ShippedFrontend(
      Shipped farm, FrontendId id, List<PoolDeclaration> pools, SplittableRandom random) {
    this.farm = farm;
    this.id = id;
    this.random = random;
    epoch = id + ".e";
    scheduler =
        new OwnerScheduler(
            new OwnerConfig(epoch, pools, Integer.MAX_VALUE, LossBudgets.DEFAULT, TIMES));
  }

  void connected(ShippedStream stream) {
    streams.put(stream.executor.id, stream);
  }

  void submit(Task task) {
    OperationId operation = new OperationId("o" + task.number);
    tasks.put(operation, task);
    on(
        new OwnerEvent.Submit(
            new WatcherId(watchers++),
            operation,
            task.action,
            Shipped.asked(task.facts.platform()),
            task.facts.priority(),
            true,
            origin(task.facts),
            false));
  }

  private static Origin origin(Task.Facts facts) {
    return new Origin(
        "tenant" + facts.tenant(),
        "build" + facts.build(),
        "kind" + facts.mnemonic(),
        "//p" + facts.target() / 10 + ":t" + facts.target());
  }

  void receive(OwnerEvent message) {
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
    if (tickAtNanos <= farm.run.timeline.now()) {
      tickAtNanos = Long.MAX_VALUE;
      on(new OwnerEvent.Tick());
    }
  }

  private void carryOut(OwnerEffect effect) {
    switch (effect) {
      case OwnerEffect.Conclude(var operation, _, _) ->
          farm.run.timeline.after(CACHE_WRITE_NANOS, () -> on(new OwnerEvent.Concluded(operation)));
      case OwnerEffect.Completed(var operation, _) ->
          farm.run.finished(Objects.requireNonNull(tasks.remove(operation)));
      case OwnerEffect.SendWelcome(var executor) ->
          send(executor, new ExecutorEvent.Welcomed(id, epoch));
      case OwnerEffect.SendOffer(var executor, var offer) ->
          send(executor, new ExecutorEvent.OfferReceived(id, registered(offer)));
      case OwnerEffect.SendPullReply(var executor, var offers) ->
          send(
              executor,
              new ExecutorEvent.PullAnswered(id, offers.stream().map(this::registered).toList()));
      case OwnerEffect.SendReserve(var executor, var count) ->
          send(executor, new ExecutorEvent.Reserved(id, count));
      case OwnerEffect.SendCancelReserve(var executor, var count) ->
          send(executor, new ExecutorEvent.ReservationsCancelled(id, count));
      case OwnerEffect.SendKill(var executor, var attempt) ->
          send(executor, new ExecutorEvent.KillReceived(id, attempt));
      case OwnerEffect.SendAck(var executor, var attempt) ->
          send(executor, new ExecutorEvent.Acknowledged(id, attempt));
      case OwnerEffect.Follow follow -> {
        if (!tasks.containsKey(follow.operation())) {
          throw new AssertionError("Told to follow the unknown " + follow.operation());
        }
      }
      case OwnerEffect.StageChanged _, OwnerEffect.Adopted _ -> {}
      case OwnerEffect.Forget(var operation) -> tasks.remove(operation);
      case OwnerEffect.Shed _,
          OwnerEffect.Unsatisfiable _,
          OwnerEffect.UnknownOperation _,
          OwnerEffect.Fail _,
          OwnerEffect.SendDrain _,
          OwnerEffect.Disconnect _ ->
          throw new AssertionError("Nothing fails here, but " + effect);
    }
  }

  private Offered registered(OfferedAttempt offer) {
    farm.offers++;
    Task task = Objects.requireNonNull(tasks.get(offer.operation()));
    farm.attempts.put(offer.attempt(), task);
    return new Offered(offer.attempt(), task.action, offer.alone());
  }

  private void send(ExecutorId executor, ExecutorEvent message) {
    Objects.requireNonNull(streams.get(executor)).toExecutor(message);
  }
}
