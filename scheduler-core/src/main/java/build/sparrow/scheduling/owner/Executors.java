package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.Resources;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Knows the executors of this owner, from Hello to loss. A broken stream makes a suspect; only time
 * or news makes a loss.
 */
final class Executors {
  /**
   * An alarm that is later than this tells that the owner itself slept, and that news waits unread.
   */
  private static final Duration OVERSLEPT = Duration.ofMillis(250);

  private final OwnerConfig config;
  private final Pools pools;
  private final OwnerTimes times;
  private final Placement placement;
  private final Attempts attempts;
  private final Alarms alarms;
  private final Map<ExecutorId, KnownExecutor> byId = new LinkedHashMap<>();
  private final Map<String, KnownExecutor> byName = new LinkedHashMap<>();

  Executors(
      OwnerConfig config, Pools pools, Placement placement, Attempts attempts, Alarms alarms) {
    this.config = config;
    this.pools = pools;
    this.times = config.times();
    this.placement = placement;
    this.attempts = attempts;
    this.alarms = alarms;
  }

  void joined(OwnerEvent.ExecutorJoined hello, Turn turn) {
    KnownExecutor namesake = byName.get(hello.executor().name());
    if (namesake != null && !namesake.id.equals(hello.executor())) {
      // A new process has its name: what the old one ran is lost.
      giveUp(namesake, turn);
    }
    KnownExecutor executor = byId.get(hello.executor());
    if (executor == null) {
      executor =
          new KnownExecutor(
              hello.executor(),
              placement.join(pools.offeredBy(hello.platform()), config.onDemand(hello.pool())),
              hello.pool(),
              hello.isolationLevel(),
              new Resources(hello.slots(), pools.offeredBy(hello.platform()).amounts()));
      byId.put(executor.id, executor);
      byName.put(executor.id.name(), executor);
    } else {
      disarm(executor);
      executor.connection = new KnownExecutor.Connection.Ready();
      KeptRoom.forget(executor);
      executor.forgetStream();
    }
    executor.draining = hello.draining();
    executor.lastHeardNanos = turn.nowNanos();
    executor.silenceCheck =
        alarms.set(turn.nowNanos(), times.silence(), new Alarms.Purpose.CheckSilence(executor.id));
    turn.emit(new OwnerEffect.SendWelcome(executor.id, executor.capacity.amounts()));
    attempts.reconcile(executor, hello.held(), turn);
    placement.open(executor, turn);
  }

  /**
   * The executor if it is connected; what a forgotten stream still says is void, the next Hello
   * says it again.
   */
  @Nullable KnownExecutor heard(ExecutorId id, Turn turn) {
    KnownExecutor executor = byId.get(id);
    if (executor == null || !executor.ready()) {
      return null;
    }
    executor.lastHeardNanos = turn.nowNanos();
    return executor;
  }

  void disconnected(ExecutorId id, Turn turn) {
    KnownExecutor executor = byId.get(id);
    if (executor == null || !executor.ready()) {
      return;
    }
    disarm(executor);
    executor.connection =
        new KnownExecutor.Connection.Suspect(
            alarms.set(turn.nowNanos(), times.reconnect(), new Alarms.Purpose.GiveUp(id)));
    KeptRoom.forget(executor);
    executor.forgetStream();
    if (executor.news == null) {
      placement.close(executor, turn);
    } else {
      giveUp(executor, turn);
    }
  }

  void draining(KnownExecutor executor, Turn turn) {
    executor.draining = true;
    executor.group.setReservations(executor, 0);
    placement.close(executor, turn);
  }

  void drainAsked(String name, @Nullable Duration grace, Turn turn) {
    KnownExecutor executor = byName.get(name);
    if (executor != null && executor.ready()) {
      turn.emit(new OwnerEffect.SendDrain(executor.id, grace));
      draining(executor, turn);
    }
  }

  void news(String name, LossClass loss, Turn turn) {
    KnownExecutor executor = byName.get(name);
    if (executor != null) {
      executor.news = loss;
      if (!executor.ready()) {
        giveUp(executor, turn);
      }
    }
  }

  /** No reconnect came in time. */
  void reconnectMissed(Alarms.Alarm alarm, ExecutorId id, Turn turn) {
    KnownExecutor executor = byId.get(id);
    if (executor == null) {
      return;
    }
    if (overslept(alarm, turn)) {
      executor.connection =
          new KnownExecutor.Connection.Suspect(
              alarms.set(turn.nowNanos(), times.reconnect(), alarm.purpose()));
    } else {
      giveUp(executor, turn);
    }
  }

  void checkSilence(Alarms.Alarm alarm, ExecutorId id, Turn turn) {
    KnownExecutor executor = byId.get(id);
    if (executor == null) {
      return;
    }
    long dueNanos = executor.lastHeardNanos + times.silence().toNanos();
    if (dueNanos > turn.nowNanos()) {
      executor.silenceCheck = alarms.setAt(dueNanos, alarm.purpose());
    } else if (overslept(alarm, turn)) {
      executor.silenceCheck = alarms.set(turn.nowNanos(), times.reconnect(), alarm.purpose());
    } else {
      giveUp(executor, turn);
    }
  }

  private static boolean overslept(Alarms.Alarm alarm, Turn turn) {
    return turn.nowNanos() - alarm.atNanos() > OVERSLEPT.toNanos();
  }

  private void giveUp(KnownExecutor executor, Turn turn) {
    disarm(executor);
    byId.remove(executor.id);
    byName.remove(executor.id.name(), executor);
    if (executor.ready()) {
      turn.emit(new OwnerEffect.Disconnect(executor.id));
    }
    LossClass loss = executor.news;
    if (loss == null) {
      loss = executor.draining ? LossClass.PREEMPTED : LossClass.INFRASTRUCTURE;
    }
    executor.draining = true;
    placement.leave(executor, turn);
    attempts.lost(executor, loss, turn);
  }

  private void disarm(KnownExecutor executor) {
    alarms.cancel(executor.silenceCheck);
    executor.silenceCheck = null;
    if (executor.connection instanceof KnownExecutor.Connection.Suspect(var giveUp)) {
      alarms.cancel(giveUp);
    }
  }

  Collection<KnownExecutor> all() {
    return byId.values();
  }
}
