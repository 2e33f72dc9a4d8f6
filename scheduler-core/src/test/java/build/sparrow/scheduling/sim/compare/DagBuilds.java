package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * W3 and W4, whole builds. Several clients build at once, each with no more actions in flight than
 * its {@code --jobs}. Warm, each has built the same before, so that the farm knows how long its
 * actions take.
 */
final class DagBuilds implements Workload {
  private static final int BUILDS = 12;
  private static final int JOBS = 60;
  private final Farm farm;
  private final boolean warm;
  private final BuildPlan plan;
  private final List<Client> clients = new ArrayList<>();
  private final Map<Integer, Client> byTask = new HashMap<>();
  private int tasks;
  private int unfinished;

  /**
   * Builds at once.
   *
   * @param warm whether each has built the same before
   */
  DagBuilds(Farm farm, boolean warm, BuildPlan plan) {
    this.farm = farm;
    this.warm = warm;
    this.plan = plan;
  }

  @Override
  public Farm farm() {
    return farm;
  }

  /** A client, which submits what is ready as far as its {@code --jobs} go. */
  private final class Client {
    final int build;
    final List<Step> steps;
    final Deque<Step> ready = new ArrayDeque<>();
    final Map<Integer, Step> inFlight = new HashMap<>();
    boolean measured;

    Client(int build, List<Step> steps) {
      this.build = build;
      this.steps = steps;
    }

    void begin(Run run, boolean counts) {
      measured = counts;
      unfinished += steps.size();
      for (Step step : steps) {
        step.missing = step.needs.size();
        if (step.missing == 0) {
          ready.add(step);
        }
      }
      submit(run);
    }

    private void submit(Run run) {
      List<Task> now = new ArrayList<>();
      while (inFlight.size() < JOBS && !ready.isEmpty()) {
        Step step = ready.remove();
        int number = tasks++;
        inFlight.put(number, step);
        byTask.put(number, this);
        now.add(
            new Task(
                number,
                Task.Facts.of(build, build, step.mnemonic, step.target),
                new ActionId("a" + number),
                step.nanos,
                measured));
      }
      run.submitNow(now);
    }

    void completed(Task task, Run run) {
      unfinished--;
      for (Step next : Objects.requireNonNull(inFlight.remove(task.number)).neededBy) {
        if (--next.missing == 0) {
          ready.add(next);
        }
      }
      submit(run);
    }
  }

  @Override
  public void begin(Run run, RandomGenerator random) {
    Durations durations = new Durations(random);
    for (int build = 0; build < BUILDS; build++) {
      clients.add(new Client(build, plan.draw(build, durations, random)));
    }
    run.expectMore();
    run.timeline.at(Timeline.SECOND, () -> buildAll(run, !warm));
  }

  private void buildAll(Run run, boolean measured) {
    clients.forEach(client -> client.begin(run, measured));
    if (measured) {
      run.expectNoMore();
    }
  }

  @Override
  public void completed(Task task, Run run) {
    Client client = byTask.remove(task.number);
    if (client == null) {
      throw new AssertionError("Task " + task.number + " is nobody's");
    }
    client.completed(task, run);
    if (unfinished == 0 && !task.measured) {
      buildAll(run, true);
    }
  }

  /** No scheduler can be faster than the longest chain, or than all work on all slots. */
  @Override
  public double leastSeconds() {
    double longest = 0;
    double all = 0;
    for (Client client : clients) {
      double work = 0;
      for (Step step : client.steps) {
        longest = Math.max(longest, (double) step.chainNanos);
        work += step.nanos;
      }
      longest = Math.max(longest, work / JOBS);
      all += work;
    }
    return Math.max(longest, all / farm.allSlots()) / Timeline.SECOND;
  }
}
