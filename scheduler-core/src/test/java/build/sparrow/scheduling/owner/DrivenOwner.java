package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.WatcherId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * An owner whose time is moved by hand; it has settled, and one declared pool of Linux executors.
 */
final class DrivenOwner {
  /**
   * For how long such an action is overdue: it is believed to take a second, and due after four.
   */
  static final long JUST_COME = Duration.ofSeconds(-4).toNanos();

  static final String EPOCH = "epoch";
  static final Platform LINUX = Platform.of(new Label("OSFamily", "linux"));
  static final Platform GPU = Platform.of(new Label("OSFamily", "linux"), new Label("gpu", "a100"));
  static final PoolDeclaration POOL = PoolDeclaration.of("linux", LINUX);

  private final OwnerScheduler scheduler;
  private final SplittableRandom random = new SplittableRandom(1);
  private long nowNanos = 1_000;
  private long watchers;

  DrivenOwner() {
    this(OwnerConfig.of(EPOCH, List.of(POOL)));
  }

  DrivenOwner(OwnerConfig config) {
    scheduler = new OwnerScheduler(config);
    on(new OwnerEvent.Tick());
    advance(config.times().settle());
  }

  static OwnerConfig shedding(int maxQueuedActions) {
    return new OwnerConfig(
        EPOCH,
        List.of(POOL),
        PropertyRules.EXACT,
        Map.of(),
        maxQueuedActions,
        LossBudgets.DEFAULT,
        OwnerTimes.DEFAULT);
  }

  List<OwnerEffect> on(OwnerEvent event) {
    return scheduler.on(event, nowNanos, random);
  }

  /** Lets time pass, with each tick when it is due. */
  List<OwnerEffect> advance(Duration time) {
    long endNanos = nowNanos + time.toNanos();
    List<OwnerEffect> effects = new ArrayList<>();
    while (true) {
      OptionalLong next = scheduler.nextTimerNanos();
      if (next.isEmpty() || next.getAsLong() > endNanos) {
        nowNanos = endNanos;
        return effects;
      }
      nowNanos = Math.max(nowNanos, next.getAsLong());
      effects.addAll(on(new OwnerEvent.Tick()));
    }
  }

  /** Lets time pass without a tick, as if the process had been stopped. */
  void sleep(Duration time) {
    nowNanos += time.toNanos();
  }

  OwnerSnapshot snapshot() {
    return scheduler.snapshot(nowNanos);
  }

  OperationView view(OperationId operation) {
    return scheduler.find(operation).orElseThrow();
  }

  Optional<OperationId> wanting(String action) {
    return scheduler.wanting(new ActionId(action));
  }

  boolean knows(OperationId operation) {
    return scheduler.find(operation).isPresent();
  }

  // Clients.

  WatcherId newWatcher() {
    return new WatcherId(++watchers);
  }

  static OperationId operation(String action) {
    return new OperationId("operations/" + action);
  }

  static OwnerEvent.Submit submission(WatcherId watcher, String action) {
    return new OwnerEvent.Submit(watcher, operation(action), new ActionId(action), LINUX, 0, true);
  }

  List<OwnerEffect> submit(String action) {
    return on(submission(newWatcher(), action));
  }

  List<OwnerEffect> submit(String action, Platform platform, int priority) {
    return on(
        new OwnerEvent.Submit(
            newWatcher(), operation(action), new ActionId(action), platform, priority, true));
  }

  // Executors.

  static ExecutorId executor(String name) {
    return new ExecutorId(name, "1");
  }

  ExecutorId join(String name, int slots, HeldAttempt... held) {
    return join(executor(name), LINUX, slots, held);
  }

  ExecutorId join(ExecutorId executor, Platform platform, int slots, HeldAttempt... held) {
    hello(executor, platform, slots, held);
    return executor;
  }

  List<OwnerEffect> hello(ExecutorId executor, Platform platform, int slots, HeldAttempt... held) {
    return hello(executor, POOL.name(), platform, slots, held);
  }

  List<OwnerEffect> hello(
      ExecutorId executor, String pool, Platform platform, int slots, HeldAttempt... held) {
    return on(
        new OwnerEvent.ExecutorJoined(
            executor, pool, platform, "Full", slots, false, List.of(held)));
  }

  List<OwnerEffect> token(ExecutorId executor, int freeSlots) {
    return on(new OwnerEvent.Token(executor, Resources.slots(freeSlots), false));
  }

  List<OwnerEffect> pull(ExecutorId executor, int freeSlots) {
    return on(new OwnerEvent.Pulled(executor, Resources.slots(freeSlots)));
  }

  void heartbeat(ExecutorId executor) {
    on(new OwnerEvent.Progressed(executor, List.of()));
  }

  List<OwnerEffect> accept(ExecutorId executor, AttemptId attempt) {
    return on(new OwnerEvent.Accepted(executor, attempt));
  }

  List<OwnerEffect> done(ExecutorId executor, AttemptId attempt) {
    return on(new OwnerEvent.Finished(executor, attempt, Ending.DECIDED));
  }

  /** Joins an executor with one slot, which takes the action and runs it. */
  AttemptId run(String action, ExecutorId executor) {
    hello(executor, LINUX, 1);
    token(executor, 1);
    AttemptId attempt = attempt(action, submit(action));
    accept(executor, attempt);
    return attempt;
  }

  /** Joins a new executor, which takes whatever waits first and runs it. */
  AttemptId runNext(ExecutorId executor) {
    hello(executor, LINUX, 1);
    AttemptId attempt = offers(token(executor, 1)).getFirst().attempt();
    accept(executor, attempt);
    return attempt;
  }

  void loseSilently(ExecutorId executor) {
    on(new OwnerEvent.ExecutorDisconnected(executor));
    advance(OwnerTimes.DEFAULT.reconnect());
  }

  HeldAttempt held(AttemptId attempt, String action, Phase phase) {
    return new HeldAttempt(attempt, operation(action), new ActionId(action), LINUX, 0, true, phase);
  }

  // Effects.

  static List<OfferedAttempt> offers(List<OwnerEffect> effects) {
    List<OfferedAttempt> offers = new ArrayList<>();
    for (OwnerEffect effect : effects) {
      if (effect instanceof OwnerEffect.SendOffer(_, var offer)) {
        offers.add(offer);
      } else if (effect instanceof OwnerEffect.SendPullReply(_, var replied, _)) {
        offers.addAll(replied);
      }
    }
    return offers;
  }

  /** How it asks an executor to come for actions like none before, which have just come. */
  static OwnerEffect.SendReserve reserve(ExecutorId executor, int count) {
    return new OwnerEffect.SendReserve(executor, count, JUST_COME);
  }

  static List<OperationId> offered(List<OwnerEffect> effects) {
    return offers(effects).stream().map(OfferedAttempt::operation).toList();
  }

  static AttemptId attempt(String action, List<OwnerEffect> effects) {
    for (OfferedAttempt offer : offers(effects)) {
      if (offer.operation().equals(operation(action))) {
        return offer.attempt();
      }
    }
    throw new AssertionError(action + " is not offered in " + effects);
  }

  static <T extends OwnerEffect> List<T> only(Class<T> type, List<OwnerEffect> effects) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
