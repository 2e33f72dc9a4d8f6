package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Results that executors may forget. There is no haste to tell them, so it goes with whatever else
 * is sent to them, and by itself only when that is long in coming: a message less for most actions.
 */
final class Acknowledgements {
  private final Alarms alarms;
  private final Duration atTheLatest;
  private final Map<ExecutorId, List<AttemptId>> owed = new LinkedHashMap<>();
  private Alarms.@Nullable Alarm alarm;

  Acknowledgements(Alarms alarms, Duration atTheLatest) {
    this.alarms = alarms;
    this.atTheLatest = atTheLatest;
  }

  /** The attempt's result is where it belongs. An executor that drains waits for that. */
  void owe(KnownExecutor executor, AttemptId attempt, Turn turn) {
    if (executor.draining) {
      turn.emit(new OwnerEffect.SendAck(executor.id, attempt));
      return;
    }
    owed.computeIfAbsent(executor.id, _ -> new ArrayList<>(1)).add(attempt);
    if (alarm == null) {
      alarm = alarms.set(turn.nowNanos(), atTheLatest, new Alarms.Purpose.Acknowledge());
    }
  }

  /** Adds to a step that is over what is owed to those executors that it sends something. */
  void join(Turn turn) {
    if (owed.isEmpty()) {
      return;
    }
    for (OwnerEffect effect : List.copyOf(turn.effects())) {
      if (effect instanceof OwnerEffect.ToExecutor message) {
        pay(message.executor(), turn);
      }
    }
  }

  void pay(ExecutorId executor, Turn turn) {
    List<AttemptId> attempts = owed.remove(executor);
    if (attempts != null) {
      attempts.forEach(each -> turn.emit(new OwnerEffect.SendAck(executor, each)));
    }
  }

  /** They have waited for company long enough. */
  void payAll(Turn turn) {
    alarm = null;
    List.copyOf(owed.keySet()).forEach(executor -> pay(executor, turn));
  }
}
