package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.executor.ExecutorConfig;
import build.sparrow.scheduling.executor.ExecutorEffect;
import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.executor.ExecutorScheduler;
import build.sparrow.scheduling.executor.ExecutorTimes;
import build.sparrow.scheduling.owner.HeldAttempt;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.owner.PoolDeclaration;
import build.sparrow.scheduling.sim.Timeline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** An executor whose actions take their time, until it is taken away. */
final class ShippedExecutor {
  /**
   * As shipped, but heartbeats, which are most of all messages and tell nothing here, are rarer.
   */
  private static final ExecutorTimes TIMES =
      new ExecutorTimes(
          Duration.ofSeconds(4),
          ExecutorTimes.DEFAULT.pullReply(),
          ExecutorTimes.DEFAULT.resultRetention(),
          ExecutorTimes.DEFAULT.takeover(),
          ExecutorTimes.DEFAULT.orphanRetention());

  /** A killed process is dead after so long. */
  private static final long KILL_NANOS = 10 * Timeline.MILLISECOND;

  /** What it says last is on the way before its node is gone. */
  private static final long FAREWELL_NANOS = 100 * Timeline.MILLISECOND;

  final ExecutorId id;
  private final int number;
  private final Shipped farm;
  final PoolDeclaration pool;
  private final List<ShippedFrontend> frontends;
  private final ExecutorScheduler scheduler;
  private final SplittableRandom random;
  private final Map<FrontendId, ShippedStream> streams = new TreeMap<>();
  private final Map<AttemptId, Running> running = new LinkedHashMap<>();
  private boolean alive = true;
  private long tickAtNanos = Long.MAX_VALUE;

  /** A process; what it planned is void once it is over. */
  private static final class Running {
    final long sinceNanos;
    final long untilNanos;
    boolean over;

    Running(long sinceNanos, long untilNanos) {
      this.sinceNanos = sinceNanos;
      this.untilNanos = untilNanos;
    }
  }

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
    scheduler = new ExecutorScheduler(new ExecutorConfig(farm.run.farm.slots(), TIMES));
  }

  void start() {
    for (ShippedFrontend frontend : frontends) {
      if (!frontend.alive()) {
        continue;
      }
      ShippedStream stream = new ShippedStream(farm, this, frontend);
      streams.put(frontend.id, stream);
      frontend.connected(stream);
      farm.run.timeline.after(
          random.nextLong(400 * Timeline.MILLISECOND), () -> connected(frontend));
    }
  }

  private void connected(ShippedFrontend frontend) {
    if (alive && streams.containsKey(frontend.id)) {
      on(new ExecutorEvent.Connected(frontend.id));
    }
  }

  void frontendLost(ShippedStream stream) {
    if (alive && streams.remove(stream.frontend.id) != null) {
      on(new ExecutorEvent.Disconnected(stream.frontend.id));
    }
  }

  void delisted(ShippedFrontend frontend) {
    if (alive) {
      on(new ExecutorEvent.FrontendGone(frontend.id));
    }
  }

  /** Its node will be gone after the grace. */
  void preempt(long graceNanos) {
    long now = farm.run.timeline.now();
    for (Running each : running.values()) {
      if (each.untilNanos > now + graceNanos) {
        farm.leastWastedNanos += now - each.sinceNanos;
      }
    }
    farm.run.timeline.after(graceNanos + FAREWELL_NANOS, this::die);
    on(new ExecutorEvent.DrainAsked(Duration.ofNanos(graceNanos)));
  }

  private void die() {
    if (alive) {
      alive = false;
      List.copyOf(running.keySet()).forEach(attempt -> over(attempt, Ending.KILLED));
      List.copyOf(streams.values()).forEach(stream -> stream.close(stream.frontend::executorLost));
      streams.clear();
    }
  }

  void receive(ExecutorEvent message) {
    if (alive) {
      on(message);
    }
  }

  private void on(ExecutorEvent event) {
    for (ExecutorEffect effect : scheduler.on(event, farm.run.timeline.now())) {
      carryOut(effect, event instanceof ExecutorEvent.Tick);
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
      on(new ExecutorEvent.Tick());
    }
  }

  private void carryOut(ExecutorEffect effect, boolean ticked) {
    switch (effect) {
      case ExecutorEffect.SendHello(var frontend, var held, var draining) ->
          send(
              frontend,
              new OwnerEvent.ExecutorJoined(
                  id,
                  pool.name(),
                  pool.platform(),
                  "Full",
                  farm.run.farm.slots(),
                  draining,
                  held.stream().map(this::held).toList()));
      case ExecutorEffect.SendAnnounce(var frontend, var held) -> {
        farm.announced += held.size();
        send(frontend, new OwnerEvent.HeldAnnounced(id, held.stream().map(this::held).toList()));
      }
      case ExecutorEffect.SendToken(var frontend, var free, var shared) ->
          send(frontend, new OwnerEvent.Token(id, free, shared));
      case ExecutorEffect.SendAccept(var frontend, var attempt) ->
          send(frontend, new OwnerEvent.Accepted(id, attempt));
      case ExecutorEffect.SendReject(var frontend, var attempt, var free) ->
          send(frontend, new OwnerEvent.Rejected(id, attempt, free));
      case ExecutorEffect.SendPull(var frontend, var free) ->
          send(frontend, new OwnerEvent.Pulled(id, free));
      case ExecutorEffect.SendProgress(var frontend, var attempts) ->
          send(frontend, new OwnerEvent.Progressed(id, attempts), ticked);
      case ExecutorEffect.SendDone(var frontend, var attempt, var ending) ->
          send(frontend, new OwnerEvent.Finished(id, attempt, ending));
      case ExecutorEffect.Start(var attempt) -> launch(attempt);
      case ExecutorEffect.Forget(var attempt) -> farm.attempts.remove(attempt);
      case ExecutorEffect.Stop(var attempt) ->
          farm.run.timeline.after(KILL_NANOS, () -> ended(attempt, Ending.KILLED));
      case ExecutorEffect.SendHandBack(var frontend, var attempt) ->
          send(frontend, new OwnerEvent.HandedBack(id, attempt));
      case ExecutorEffect.SendDraining(var frontend, var grace) ->
          send(frontend, new OwnerEvent.ExecutorDraining(id, grace));
      // It goes when its node goes.
      case ExecutorEffect.Drained _ -> {}
    }
  }

  private HeldAttempt held(AttemptProgress progress) {
    Shipped.Bound bound = Objects.requireNonNull(farm.attempts.get(progress.attempt()));
    Task task = bound.task();
    return new HeldAttempt(
        progress.attempt(),
        bound.operation(),
        task.action,
        Shipped.asked(task.facts.platform()),
        task.facts.priority(),
        true,
        progress.phase());
  }

  private void launch(AttemptId attempt) {
    Task task = Objects.requireNonNull(farm.attempts.get(attempt)).task();
    long occupied = farm.run.started(task, number);
    long now = farm.run.timeline.now();
    Running process = new Running(now, now + occupied);
    running.put(attempt, process);
    farm.run.timeline.after(
        occupied - task.durationNanos,
        () -> {
          if (!process.over) {
            on(new ExecutorEvent.PhaseReached(attempt, Phase.EXECUTING));
          }
        });
    farm.run.timeline.after(occupied, () -> ended(attempt, Ending.DECIDED));
  }

  private void ended(AttemptId attempt, Ending ending) {
    if (running.containsKey(attempt)) {
      over(attempt, ending);
      on(new ExecutorEvent.Ended(attempt, ending));
    }
  }

  private void over(AttemptId attempt, Ending ending) {
    Running process = Objects.requireNonNull(running.remove(attempt));
    process.over = true;
    long spentNanos = farm.run.timeline.now() - process.sinceNanos;
    if (ending == Ending.DECIDED) {
      farm.usefulNanos += spentNanos;
    } else {
      farm.wastedNanos += spentNanos;
    }
  }

  private void send(FrontendId frontend, OwnerEvent message) {
    send(frontend, message, false);
  }

  private void send(FrontendId frontend, OwnerEvent message, boolean heartbeat) {
    ShippedStream stream = streams.get(frontend);
    if (stream != null) {
      stream.toFrontend(message, heartbeat);
    }
  }
}
