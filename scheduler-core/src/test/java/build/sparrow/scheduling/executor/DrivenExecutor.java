package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Resources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** An executor's scheduler whose time is moved by hand, with two frontends to connect. */
final class DrivenExecutor {
  static final FrontendId F = new FrontendId("f");
  static final FrontendId G = new FrontendId("g");
  static final String EPOCH = "epoch";

  private final ExecutorScheduler scheduler;
  private long nowNanos = 1_000;

  DrivenExecutor(int slots) {
    scheduler = new ExecutorScheduler(ExecutorConfig.of(slots));
  }

  List<ExecutorEffect> on(ExecutorEvent event) {
    return scheduler.on(event, nowNanos);
  }

  /** Lets time pass, with each tick when it is due. */
  List<ExecutorEffect> advance(Duration time) {
    long endNanos = nowNanos + time.toNanos();
    List<ExecutorEffect> effects = new ArrayList<>();
    while (true) {
      OptionalLong next = scheduler.nextTimerNanos();
      if (next.isEmpty() || next.getAsLong() > endNanos) {
        nowNanos = endNanos;
        return effects;
      }
      nowNanos = Math.max(nowNanos, next.getAsLong());
      effects.addAll(on(new ExecutorEvent.Tick()));
    }
  }

  ExecutorSnapshot snapshot() {
    return scheduler.snapshot();
  }

  List<ExecutorEffect> connect(FrontendId frontend) {
    List<ExecutorEffect> effects = new ArrayList<>(on(new ExecutorEvent.Connected(frontend)));
    effects.addAll(on(new ExecutorEvent.Welcomed(frontend, EPOCH, Map.of())));
    return effects;
  }

  List<ExecutorEffect> offer(FrontendId frontend, AttemptId attempt) {
    return on(new ExecutorEvent.OfferReceived(frontend, offered(attempt)));
  }

  List<ExecutorEffect> offerAlone(FrontendId frontend, AttemptId attempt) {
    return on(
        new ExecutorEvent.OfferReceived(
            frontend, new Offered(attempt, action(attempt), Resources.slots(1), true)));
  }

  List<ExecutorEffect> reserve(FrontendId frontend, int count) {
    return on(new ExecutorEvent.Reserved(frontend, count, 0));
  }

  static Offered offered(AttemptId attempt) {
    return new Offered(attempt, action(attempt), Resources.slots(1), false);
  }

  static ActionId action(AttemptId attempt) {
    return new ActionId("action of " + attempt);
  }

  static AttemptId attempt(long counter) {
    return new AttemptId(EPOCH, counter);
  }
}
