package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.owner.OwnerEvent;
import java.util.random.RandomGenerator;

/**
 * One stream between an executor and a frontend. Messages of one direction stay in order; when it
 * breaks, what had not arrived is lost, each end hears of it in its own time, or never.
 */
final class Stream {
  final ExecutorProcess executor;
  final FrontendProcess frontend;
  private final Simulation farm;
  private final RandomGenerator random;
  private boolean openAtExecutor = true;
  private boolean openAtFrontend = true;
  private boolean carriesToExecutor = true;
  private boolean carriesToFrontend = true;
  private int underWay;
  private long lastAtExecutor;
  private long lastAtFrontend;

  Stream(Simulation farm, ExecutorProcess executor, FrontendProcess frontend) {
    this.farm = farm;
    this.random = farm.network;
    this.executor = executor;
    this.frontend = frontend;
    frontend.opened(this);
  }

  void toFrontend(OwnerEvent message) {
    for (int copy = copies(idempotent(message)); copy > 0; copy--) {
      lastAtFrontend = arrival(lastAtFrontend);
      underWay++;
      farm.timeline.at(
          lastAtFrontend,
          () -> {
            underWay--;
            if (carriesToFrontend && openAtFrontend) {
              frontend.receive(this, message);
            }
          });
    }
  }

  void toExecutor(ExecutorEvent message) {
    for (int copy = copies(idempotent(message)); copy > 0; copy--) {
      lastAtExecutor = arrival(lastAtExecutor);
      underWay++;
      farm.timeline.at(
          lastAtExecutor,
          () -> {
            underWay--;
            if (carriesToExecutor && openAtExecutor) {
              executor.receive(this, message);
            }
          });
    }
  }

  private long arrival(long lastNanos) {
    long delay = 1 + random.nextLong(farm.scenario.maxDelayNanos());
    long healed = farm.faults.healedAt(executor.name(), frontend.id);
    return Math.max(lastNanos, Math.max(farm.timeline.now(), healed) + delay);
  }

  private int copies(boolean mayRepeat) {
    return mayRepeat && random.nextDouble() < farm.scenario.duplicates() ? 2 : 1;
  }

  /** gRPC repeats nothing; but nothing that names an attempt may depend on that. */
  private static boolean idempotent(OwnerEvent message) {
    return message instanceof OwnerEvent.Accepted
        || message instanceof OwnerEvent.Rejected
        || message instanceof OwnerEvent.Finished
        || message instanceof OwnerEvent.HandedBack
        || message instanceof OwnerEvent.Progressed;
  }

  private static boolean idempotent(ExecutorEvent message) {
    return message instanceof ExecutorEvent.OfferReceived
        || message instanceof ExecutorEvent.KillReceived
        || message instanceof ExecutorEvent.Acknowledged;
  }

  /** The stream breaks; both ends hear of it soon, the frontend perhaps never. */
  void breakDown(boolean frontendHears) {
    long first = random.nextLong(20 * Timeline.MILLISECOND);
    if (random.nextBoolean()) {
      carriesToExecutor = false;
      farm.timeline.after(first, () -> carriesToFrontend = false);
    } else {
      carriesToFrontend = false;
      farm.timeline.after(first, () -> carriesToExecutor = false);
    }
    farm.timeline.after(first + random.nextLong(100 * Timeline.MILLISECOND), this::endAtExecutor);
    if (frontendHears) {
      farm.timeline.after(first + random.nextLong(200 * Timeline.MILLISECOND), this::endAtFrontend);
    }
  }

  private void endAtExecutor() {
    if (openAtExecutor) {
      openAtExecutor = false;
      carriesToFrontend = false;
      executor.streamEnded(this);
    }
  }

  private void endAtFrontend() {
    if (openAtFrontend) {
      openAtFrontend = false;
      carriesToExecutor = false;
      frontend.streamEnded(this);
    }
  }

  /** The executor's process is gone. */
  void executorDied(boolean frontendHears) {
    openAtExecutor = false;
    // What was sent before may still arrive.
    if (frontendHears) {
      farm.timeline.after(random.nextLong(200 * Timeline.MILLISECOND), this::endAtFrontend);
    }
  }

  void frontendDied() {
    openAtFrontend = false;
    farm.timeline.after(random.nextLong(100 * Timeline.MILLISECOND), this::endAtExecutor);
  }

  /** The frontend closes it, and says nothing more of it to its scheduler. */
  void closeAtFrontend() {
    openAtFrontend = false;
    carriesToExecutor = false;
    long healed = farm.faults.healedAt(executor.name(), frontend.id);
    farm.timeline.at(
        Math.max(farm.timeline.now(), healed) + random.nextLong(50 * Timeline.MILLISECOND),
        this::endAtExecutor);
  }

  /** Whether both ends know all that was said on it. */
  boolean quiet() {
    return underWay == 0
        && openAtExecutor
        && openAtFrontend
        && carriesToExecutor
        && carriesToFrontend;
  }
}
