package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.WatcherId;
import build.sparrow.scheduling.owner.Departure;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client that wants one action run, as Bazel would: it waits, comes back after a broken
 * connection, or gives up.
 */
final class Call {
  private final Simulation farm;
  private final SplittableRandom random;
  private final int number;
  private final int priority;
  final Action action;

  /** The frontend that it follows its operation at. */
  private FrontendId place;

  private @Nullable WatcherId watcher;
  private @Nullable OperationId operation;
  private boolean over;
  private boolean cancelled;

  Call(Simulation farm, int number, Action action, SplittableRandom random) {
    this.farm = farm;
    this.number = number;
    this.action = action;
    place = farm.ownerOf(action.id());
    this.random = random;
    priority = random.nextInt(3) - 1;
  }

  int priority() {
    return priority;
  }

  /** Each tenant has one build. */
  Origin origin() {
    return new Origin("tenant " + number % farm.weather.tenants(), "", "", "");
  }

  @Nullable OperationId operation() {
    return operation;
  }

  boolean over() {
    return over;
  }

  void begin() {
    execute();
    if (random.nextDouble() < farm.scenario.fickle()) {
      long delay = random.nextLong(3 * Timeline.SECOND);
      switch (random.nextInt(5)) {
        case 0, 1 -> farm.timeline.after(delay, this::hangUp);
        case 2, 3 -> farm.timeline.after(delay, this::loseConnection);
        default -> farm.timeline.after(delay, this::cancelOperation);
      }
    }
  }

  /**
   * It has run the action itself and stores the result at the frontend that it takes for the owner,
   * for which it may be late, or wrong.
   */
  void writeResult(RandomGenerator from) {
    List<FrontendId> places = farm.frontendPlaces();
    FrontendId to =
        from.nextInt(8) == 0 ? places.get(from.nextInt(places.size())) : farm.ownerOf(action.id());
    farm.frontend(to).resultWritten(action);
  }

  /** Whichever frontend it asks, that one asks the owner. */
  private void execute() {
    if (over) {
      return;
    }
    place = farm.ownerOf(action.id());
    FrontendProcess frontend = farm.frontend(place);
    if (!frontend.alive()) {
      again(this::execute);
      return;
    }
    operation = null;
    watcher = farm.nextWatcher();
    frontend.submit(this, watcher, action, farm.mayRunElsewhere(action.id(), place));
  }

  private void waitOrExecute() {
    FrontendProcess frontend = farm.frontend(place);
    if (over) {
      return;
    }
    if (operation == null || !frontend.alive() || random.nextBoolean()) {
      execute();
      return;
    }
    watcher = farm.nextWatcher();
    frontend.watch(this, watcher, operation);
  }

  private void again(Runnable step) {
    watcher = null;
    farm.timeline.after((100 + random.nextInt(900)) * Timeline.MILLISECOND, step);
  }

  void follows(OperationId followed) {
    operation = followed;
  }

  void operationUnknown() {
    again(this::execute);
  }

  void shed() {
    again(this::execute);
  }

  void connectionLost() {
    again(this::waitOrExecute);
  }

  void ended() {
    if (over) {
      throw new AssertionError(this + " ended twice");
    }
    over = true;
  }

  private void hangUp() {
    if (!over) {
      over = true;
      cancelled = true;
      leave(Departure.CANCELLED);
    }
  }

  private void loseConnection() {
    if (!over && watcher != null) {
      leave(Departure.CONNECTION_LOST);
      again(this::waitOrExecute);
    }
  }

  private void leave(Departure departure) {
    if (watcher != null) {
      farm.frontend(place).leave(watcher, departure);
    }
  }

  private void cancelOperation() {
    if (!over && operation != null) {
      farm.frontend(place).cancel(operation);
    }
  }

  @Override
  public String toString() {
    return "call %d for %s at %s (operation %s, watcher %s%s)"
        .formatted(number, action.id(), place, operation, watcher, cancelled ? ", hung up" : "");
  }
}
