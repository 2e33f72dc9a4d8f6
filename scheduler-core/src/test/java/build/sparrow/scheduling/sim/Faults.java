package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.owner.OwnerEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The weather: what breaks when. */
final class Faults {
  private final Simulation farm;
  private final SplittableRandom random;
  private final Map<String, Long> healedAtNanos = new HashMap<>();
  private long count;

  Faults(Simulation farm, SplittableRandom random) {
    this.farm = farm;
    this.random = random;
  }

  /** Plans all faults of the scenario. */
  void plan() {
    Scenario scenario = farm.scenario;
    plan(scenario.crashes(), () -> farm.anyExecutor(random).ifPresent(this::crash));
    plan(scenario.drains(), () -> farm.anyExecutor(random).ifPresent(this::drain));
    plan(scenario.partitions(), () -> farm.anyExecutor(random).ifPresent(this::partition));
    plan(scenario.frontendCrashes(), this::crashFrontend);
    plan(
        scenario.preemptions(),
        () ->
            farm.anyExecutor(random)
                .filter(executor -> !executor.pool.onDemand())
                .ifPresent(this::preempt));
    plan(scenario.ownResults(), () -> farm.anyCall(random).writeResult(random));
    plan(scenario.lies(), () -> farm.anyExecutor(random).ifPresent(this::lie));
    plan(
        scenario.breaks(),
        () ->
            farm.anyExecutor(random)
                .ifPresent(
                    executor -> {
                      List<Stream> streams = executor.streams();
                      if (!streams.isEmpty()) {
                        streams
                            .get(random.nextInt(streams.size()))
                            .breakDown(random.nextInt(4) > 0);
                      }
                    }));
  }

  private void plan(double perSecond, Runnable fault) {
    if (perSecond == 0) {
      return;
    }
    double at = 0;
    while (true) {
      at += -Math.log(1 - random.nextDouble()) / perSecond * Timeline.SECOND;
      if (at > farm.scenario.faultsUntilNanos()) {
        return;
      }
      farm.timeline.at(
          (long) at,
          () -> {
            count++;
            fault.run();
          });
    }
  }

  /** Faults so far. */
  long count() {
    return count;
  }

  /** The platform takes the executor away and says so, in time and again when it is gone. */
  private void preempt(ExecutorProcess executor) {
    farm.frontends().forEach(each -> each.news(executor.name()));
    farm.timeline.after(
        random.nextLong(2 * Timeline.SECOND),
        () -> {
          if (executor.alive()) {
            farm.frontends().forEach(each -> each.news(executor.name()));
            executor.die(true);
            restartLater(executor);
          }
        });
  }

  void crash(ExecutorProcess executor) {
    if (!executor.alive()) {
      return;
    }
    executor.die(random.nextInt(4) > 0);
    if (random.nextInt(3) == 0) {
      farm.timeline.after(
          random.nextLong(Timeline.SECOND),
          () -> farm.frontends().forEach(each -> each.news(executor.name())));
    }
    restartLater(executor);
  }

  void restartLater(ExecutorProcess executor) {
    farm.timeline.after(
        random.nextInt(4) == 0
            ? random.nextLong(10 * Timeline.SECOND)
            : random.nextLong(Timeline.SECOND),
        () -> farm.startExecutor(executor.name(), executor.pool, executor.slots));
  }

  private void drain(ExecutorProcess executor) {
    if (random.nextBoolean()) {
      farm.frontends().forEach(each -> each.news(executor.name()));
    }
    executor.drain(Duration.ofMillis(random.nextInt(4_000)));
  }

  /** An executor says something about an attempt of which it knows no more than the name. */
  private void lie(ExecutorProcess executor) {
    AttemptId attempt = farm.anyAttempt(random);
    if (attempt == null || executor.id.equals(farm.offer(attempt).executor())) {
      return;
    }
    for (Stream stream : executor.streams()) {
      stream.toFrontend(
          switch (random.nextInt(5)) {
            case 0 -> new OwnerEvent.Accepted(executor.id, attempt);
            case 1 -> new OwnerEvent.Rejected(executor.id, attempt, Resources.slots(3));
            case 2 -> new OwnerEvent.HandedBack(executor.id, attempt);
            default -> new OwnerEvent.Finished(executor.id, attempt, Ending.DECIDED);
          });
    }
  }

  /** No message passes for a while; connections may outlive it or not. */
  private void partition(ExecutorProcess executor) {
    long until = farm.timeline.now() + random.nextLong(12 * Timeline.SECOND);
    List<FrontendId> places = farm.frontendPlaces();
    boolean all = random.nextBoolean();
    FrontendId one = places.get(random.nextInt(places.size()));
    for (FrontendId place : places) {
      if (all || place.equals(one)) {
        healedAtNanos.merge(executor.name() + "|" + place, until, Math::max);
      }
    }
    for (Stream stream : executor.streams()) {
      if ((all || stream.frontend.id.equals(one)) && random.nextBoolean()) {
        farm.timeline.after(
            random.nextLong(5 * Timeline.SECOND), () -> stream.breakDown(random.nextBoolean()));
      }
    }
  }

  /** When messages pass again between the two, in the past if they do. */
  long healedAt(String executor, FrontendId frontend) {
    return healedAtNanos.getOrDefault(executor + "|" + frontend, 0L);
  }

  private void crashFrontend() {
    List<FrontendProcess> alive = farm.frontends().stream().filter(FrontendProcess::alive).toList();
    if (farm.weather == Weather.LOSING_FRONTENDS) {
      if (alive.size() > 1) {
        FrontendProcess victim = alive.get(random.nextInt(alive.size()));
        victim.die();
        farm.timeline.after(
            random.nextLong(2 * Timeline.SECOND),
            () -> farm.executors().forEach(executor -> executor.gone(victim.id)));
      }
    } else if (!alive.isEmpty()) {
      FrontendProcess victim = alive.get(random.nextInt(alive.size()));
      victim.die();
      if (random.nextInt(4) == 0) {
        // Its place is empty for so long that executors give up what it left there, or nearly so.
        farm.timeline.after(
            random.nextLong(2 * Timeline.SECOND),
            () -> farm.executors().forEach(executor -> executor.gone(victim.id)));
        farm.timeline.after(
            (12 + random.nextInt(8)) * Timeline.SECOND, () -> farm.startFrontend(victim.id));
      } else {
        farm.timeline.after(
            random.nextLong(2 * Timeline.SECOND), () -> farm.startFrontend(victim.id));
      }
    }
  }
}
