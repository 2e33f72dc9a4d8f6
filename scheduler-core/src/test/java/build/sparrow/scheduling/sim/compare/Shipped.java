package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Rendezvous;
import build.sparrow.scheduling.owner.PoolDeclaration;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The state machines that Sparrow ships, several owners and all executors, unchanged. */
final class Shipped implements Policy {
  private static final double PREEMPTIONS_AN_HOUR = 0.5;
  private static final long PREEMPTION_GRACE_NANOS = 25 * Timeline.SECOND;
  private static final long CRASH_AT_NANOS = 120 * Timeline.SECOND;

  /** Executors learn by then that a frontend will not be back. */
  private static final long DELISTED_NANOS = 2 * Timeline.SECOND;

  /** An attempt's way back to what it is for. */
  record Bound(Task task, OperationId operation) {}

  final Run run;
  final Map<AttemptId, Bound> attempts = new HashMap<>();
  private final List<ShippedFrontend> frontends = new ArrayList<>();
  private final List<ShippedExecutor> executors = new ArrayList<>();
  private int executorsMade;
  long messages;
  long offers;
  long rejects;

  /** Slots' time spent on attempts that came to nothing. */
  long wastedNanos;

  /** The same for whoever knows at each notice what will not end in time, and drops just that. */
  long leastWastedNanos;

  /** Slots' time spent on attempts with a result. */
  long usefulNanos;

  /** Attempts that were announced to another frontend than the one that began them. */
  long announced;

  /** Actions that a client was told had failed. */
  long errors;

  Shipped(Run run) {
    this.run = run;
    Map<List<Integer>, PoolDeclaration> pools = new HashMap<>();
    for (List<Integer> serves : new LinkedHashSet<>(run.farm.serves())) {
      pools.put(serves, PoolDeclaration.of("pool" + pools.size(), labels(serves)));
    }
    for (int number = 0; number < run.farm.frontends(); number++) {
      frontends.add(
          new ShippedFrontend(
              this, new FrontendId("f" + number), List.copyOf(pools.values()), run.random.split()));
    }
    for (List<Integer> serves : run.farm.serves()) {
      startExecutor(Objects.requireNonNull(pools.get(serves)));
    }
  }

  private void startExecutor(PoolDeclaration pool) {
    ShippedExecutor executor =
        new ShippedExecutor(this, executorsMade++, pool, frontends, run.random.split());
    executors.add(executor);
    executor.start();
  }

  /** The cloud takes nodes away, each after a notice, and gives others. */
  static Shipped preempted(Run run) {
    Shipped farm = new Shipped(run);
    farm.preemptLater();
    return farm;
  }

  private void preemptLater() {
    double perSecond = PREEMPTIONS_AN_HOUR / 3600 * run.farm.executors();
    run.timeline.after(
        (long) (-Math.log(1 - run.random.nextDouble()) / perSecond * Timeline.SECOND),
        () -> {
          ShippedExecutor taken = executors.remove(run.random.nextInt(executors.size()));
          startExecutor(taken.pool);
          taken.preempt(PREEMPTION_GRACE_NANOS);
          frontends.forEach(frontend -> frontend.preemptionNews(taken));
          preemptLater();
        });
  }

  /** One of the frontends crashes and does not come back. */
  static Shipped losingAFrontend(Run run) {
    Shipped farm = new Shipped(run);
    run.timeline.at(CRASH_AT_NANOS, () -> farm.crash(farm.frontends.getFirst()));
    return farm;
  }

  private void crash(ShippedFrontend frontend) {
    frontend.crash();
    run.timeline.after(
        DELISTED_NANOS, () -> executors.forEach(executor -> executor.delisted(frontend)));
  }

  /** What an executor that serves these platforms has. */
  private static Platform labels(List<Integer> serves) {
    return Platform.of(serves.stream().map(Shipped::label).toList());
  }

  /** Platform 0 asks for nothing in particular. */
  static Platform asked(int platform) {
    return Platform.of(label(platform));
  }

  private static Label label(int platform) {
    return new Label("kind", "k" + platform);
  }

  @Override
  public void submit(List<Task> tasks) {
    tasks.forEach(this::execute);
  }

  /** As a client's frontend finds the owner: by the digest, of those that answer. */
  void execute(Task task) {
    ShippedFrontend owner =
        frontends.stream()
            .filter(ShippedFrontend::alive)
            .max(Comparator.comparingLong(each -> Rendezvous.weight(each.id, task.action)))
            .orElseThrow();
    owner.submit(task, mayRunElsewhere(task.action, owner));
  }

  private boolean mayRunElsewhere(ActionId action, ShippedFrontend owner) {
    return frontends.stream()
        .filter(ShippedFrontend::diedJustNow)
        .anyMatch(dead -> Rendezvous.weight(dead.id, action) > Rendezvous.weight(owner.id, action));
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public long messages() {
    return messages;
  }

  @Override
  public long killedNanos() {
    return wastedNanos;
  }
}
