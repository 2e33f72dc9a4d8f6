package build.sparrow.benchmarks;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.WatcherId;
import build.sparrow.scheduling.owner.LossBudgets;
import build.sparrow.scheduling.owner.OfferedAttempt;
import build.sparrow.scheduling.owner.OwnerConfig;
import build.sparrow.scheduling.owner.OwnerEffect;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.owner.OwnerScheduler;
import build.sparrow.scheduling.owner.OwnerTimes;
import build.sparrow.scheduling.owner.PoolDeclaration;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One frontend's scheduler, and executors that answer it at once: each {@link #decide} brings one
 * action from Execute to its result. Time passes at 50,000 actions a second, and each executor
 * sends its heartbeat every second of that time.
 */
final class BusyOwner {
  private static final int SLOTS = 4;
  private static final long NANOS_AN_ACTION = 20_000;
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final int TENANTS = 5;
  private static final int INVOCATIONS = 50;
  private static final int TARGETS = 2_000;
  private static final Platform LINUX = Platform.of(new Label("OSFamily", "linux"));

  /** Finished operations are kept for two seconds: at this rate a minute would be 3,000,000. */
  private static final OwnerTimes TIMES = OwnerTimes.DEFAULT.withRetention(Duration.ofSeconds(2));

  private static final class Executor {
    final ExecutorId id;
    int reservations;
    int free = SLOTS;

    Executor(String name) {
      id = new ExecutorId(name, "1");
    }
  }

  private record Running(Executor executor, AttemptId attempt) {}

  private final SplittableRandom random = new SplittableRandom(1);
  private final OwnerScheduler scheduler =
      new OwnerScheduler(
          new OwnerConfig(
              "epoch",
              List.of(PoolDeclaration.of("linux", LINUX)),
              PropertyRules.EXACT,
              Map.of(),
              1_000_000,
              LossBudgets.DEFAULT,
              TIMES));
  private final List<Executor> executors = new ArrayList<>();
  private final Deque<Running> running = new ArrayDeque<>();
  private long nowNanos;
  private long actions;
  private double heartbeatsDue;
  private int nextHeartbeat;
  private long finished;

  /**
   * Connects executors and queues actions.
   *
   * @param queued actions that wait at any time; if there are none, executors have room
   */
  BusyOwner(int executorCount, int queued) {
    for (int number = 0; number < executorCount; number++) {
      Executor executor = new Executor("executor-" + number);
      executors.add(executor);
      on(
          new OwnerEvent.ExecutorJoined(
              executor.id, "linux", LINUX, "Full", SLOTS, false, List.of()));
    }
    nowNanos += TIMES.settle().toNanos();
    on(new OwnerEvent.Tick());
    executors.forEach(this::askForWork);
    int initially = queued == 0 ? 0 : executorCount * SLOTS + queued;
    for (int action = 0; action < initially; action++) {
      submit();
    }
  }

  /** One action comes and one ends; returns how many have ended. */
  long decide() {
    nowNanos += NANOS_AN_ACTION;
    heartbeatsDue += (double) executors.size() * NANOS_AN_ACTION / SECOND_NANOS;
    for (; heartbeatsDue >= 1; heartbeatsDue--) {
      nextHeartbeat = (nextHeartbeat + 1) % executors.size();
      on(new OwnerEvent.Progressed(executors.get(nextHeartbeat).id, List.of()));
    }
    submit();
    Running first = running.remove();
    first.executor.free++;
    on(new OwnerEvent.Finished(first.executor.id, first.attempt, Ending.DECIDED));
    askForWork(first.executor);
    return finished;
  }

  private void submit() {
    long number = actions++;
    int target = random.nextInt(TARGETS);
    on(
        new OwnerEvent.Submit(
            new WatcherId(number),
            new OperationId("operation-" + number),
            new ActionId("action-" + number),
            LINUX,
            0,
            true,
            new Origin(
                "tenant-" + number % TENANTS,
                "invocation-" + number % INVOCATIONS,
                "kind-" + target % 4,
                "//package-" + target / 10 + ":target-" + target),
            false));
  }

  private void askForWork(Executor executor) {
    if (executor.reservations > 0) {
      executor.reservations--;
      on(new OwnerEvent.Pulled(executor.id, Resources.slots(executor.free)));
    } else {
      on(new OwnerEvent.Token(executor.id, Resources.slots(executor.free), false));
    }
  }

  private void on(OwnerEvent event) {
    scheduler.on(event, nowNanos, random).forEach(this::carryOut);
  }

  private void carryOut(OwnerEffect effect) {
    switch (effect) {
      case OwnerEffect.SendOffer(var executor, var offer) -> accept(known(executor), offer);
      case OwnerEffect.SendPullReply(var executor, var offers, _) ->
          offers.forEach(offer -> accept(known(executor), offer));
      case OwnerEffect.SendReserve(var executor, var count, _) ->
          known(executor).reservations += count;
      case OwnerEffect.SendCancelReserve(var executor, var count) ->
          known(executor).reservations -= count;
      case OwnerEffect.Conclude(var operation, _, _) -> on(new OwnerEvent.Concluded(operation));
      case OwnerEffect.Completed _ -> finished++;
      default -> {}
    }
  }

  private void accept(Executor executor, OfferedAttempt offer) {
    if (executor.free == 0) {
      throw new AssertionError(executor.id + " has no slot for " + offer);
    }
    executor.free--;
    running.add(new Running(executor, offer.attempt()));
    on(new OwnerEvent.Accepted(executor.id, offer.attempt()));
  }

  private Executor known(ExecutorId id) {
    return executors.get(Integer.parseInt(id.name().substring("executor-".length())));
  }
}
