package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.executor.ExecutorConfig;
import build.sparrow.scheduling.executor.ExecutorEffect;
import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.executor.ExecutorScheduler;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.owner.PoolDeclaration;
import build.sparrow.scheduling.sim.Timeline;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** An executor whose actions take their time, and nothing else. */
final class ShippedExecutor {
  final ExecutorId id;
  private final int number;
  private final Shipped farm;
  private final PoolDeclaration pool;
  private final List<ShippedFrontend> frontends;
  private final ExecutorScheduler scheduler;
  private final SplittableRandom random;
  private final Map<FrontendId, ShippedStream> streams = new TreeMap<>();
  private long tickAtNanos = Long.MAX_VALUE;

  ShippedExecutor(
      Shipped farm,
      int number,
      PoolDeclaration pool,
      List<ShippedFrontend> frontends,
      SplittableRandom random) {
    this.farm = farm;
    this.number = number;
    this.pool = pool;
    this.frontends = frontends;
    this.random = random;
    id = new ExecutorId("x" + number, "i");
    scheduler = new ExecutorScheduler(ExecutorConfig.of(farm.run.farm.slots()));
  }

  void start() {
    for (ShippedFrontend frontend : frontends) {
      ShippedStream stream = new ShippedStream(farm, this, frontend);
      streams.put(frontend.id, stream);
      frontend.connected(stream);
      farm.run.timeline.after(
          random.nextLong(400 * Timeline.MILLISECOND),
          () -> on(new ExecutorEvent.Connected(frontend.id)));
    }
  }

  void receive(ExecutorEvent message) {
    on(message);
  }

  private void on(ExecutorEvent event) {
    for (ExecutorEffect effect : scheduler.on(event, farm.run.timeline.now(), random)) {
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
      on(new ExecutorEvent.Tick());
    }
  }

  private void carryOut(ExecutorEffect effect) {
    switch (effect) {
      case ExecutorEffect.SendHello(var frontend, _, var draining) ->
          send(
              frontend,
              new OwnerEvent.ExecutorJoined(
                  id,
                  pool.name(),
                  pool.platform(),
                  "Full",
                  farm.run.farm.slots(),
                  draining,
                  List.of()));
      case ExecutorEffect.SendAnnounce _ ->
          throw new AssertionError("No frontend goes here, but " + effect);
      case ExecutorEffect.SendToken(var frontend, var free) ->
          send(frontend, new OwnerEvent.Token(id, free));
      case ExecutorEffect.SendAccept(var frontend, var attempt) ->
          send(frontend, new OwnerEvent.Accepted(id, attempt));
      case ExecutorEffect.SendReject(var frontend, var attempt, var free) ->
          send(frontend, new OwnerEvent.Rejected(id, attempt, free));
      case ExecutorEffect.SendPull(var frontend, var free) ->
          send(frontend, new OwnerEvent.Pulled(id, free));
      case ExecutorEffect.SendProgress(var frontend, var attempts) ->
          send(frontend, new OwnerEvent.Progressed(id, attempts));
      case ExecutorEffect.SendDone(var frontend, var attempt, var ending) ->
          send(frontend, new OwnerEvent.Finished(id, attempt, ending));
      case ExecutorEffect.Start(var attempt) -> launch(attempt);
      case ExecutorEffect.Forget(var attempt) -> farm.attempts.remove(attempt);
      case ExecutorEffect.Stop _,
          ExecutorEffect.SendHandBack _,
          ExecutorEffect.SendDraining _,
          ExecutorEffect.Drained _ ->
          throw new AssertionError("Nothing is stopped here, but " + effect);
    }
  }

  private void launch(AttemptId attempt) {
    Task task = Objects.requireNonNull(farm.attempts.get(attempt));
    long occupied = farm.run.started(task, number);
    farm.run.timeline.after(
        occupied - task.durationNanos,
        () -> on(new ExecutorEvent.PhaseReached(attempt, Phase.EXECUTING)));
    farm.run.timeline.after(occupied, () -> on(new ExecutorEvent.Ended(attempt, Ending.DECIDED)));
  }

  private void send(FrontendId frontend, OwnerEvent message) {
    Objects.requireNonNull(streams.get(frontend)).toFrontend(message);
  }
}
