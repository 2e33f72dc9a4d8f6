package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * W5, the incremental loop: developers who edit, build up to twenty actions of which the last needs
 * the others, think, and edit again. Inputs change little between two builds of a target, so an
 * executor that has built it lately need not fetch them.
 */
final class Editing implements Workload {
  private static final int DEVELOPERS = 40;
  private static final int BUILDS = 25;

  /** Builds of each developer that only warm the farm up. */
  private static final int WARM_UP = 5;

  private static final int MOST_ACTIONS = 20;
  private static final int TARGETS = 40;
  private static final double THINK_SECONDS = 10;
  private static final double FETCH_MEDIAN_SECONDS = 0.5;
  private static final double LONGEST_SECONDS = 10;

  private final Farm farm;
  private final Map<Integer, Developer> byTask = new HashMap<>();
  private int tasks;
  private int jobs;
  private int buildsLeft = DEVELOPERS * BUILDS;

  Editing(Farm farm) {
    this.farm = farm;
  }

  @Override
  public Farm farm() {
    return farm;
  }

  private record Target(int mnemonic, int number, long nanos, long fetchNanos) {}

  /** Where a developer is in the loop. */
  private final class Developer {
    private final int number;
    private final List<Target> targets = new ArrayList<>();
    private final RandomGenerator random;
    private int builds;
    private int job;
    private int unfinished;
    private boolean linked;

    Developer(int number, Durations durations, RandomGenerator random) {
      this.number = number;
      this.random = random;
      for (int target = 0; target < TARGETS; target++) {
        Durations.Drawn drawn = durations.draw(random);
        targets.add(
            new Target(
                drawn.mnemonic(),
                number * TARGETS + target,
                Math.min(drawn.nanos(), seconds(LONGEST_SECONDS)),
                seconds(FETCH_MEDIAN_SECONDS * Math.exp(0.5 * random.nextGaussian()))));
      }
    }

    void think(Run run) {
      run.timeline.after(
          seconds(-Math.log(1 - random.nextDouble()) * THINK_SECONDS), () -> build(run));
    }

    private void build(Run run) {
      if (--buildsLeft == 0) {
        run.expectNoMore();
      }
      builds++;
      job = jobs++;
      linked = false;
      submit(1 + random.nextInt(MOST_ACTIONS), run);
    }

    private void submit(int actions, Run run) {
      List<Task> now = new ArrayList<>();
      int first = random.nextInt(TARGETS);
      for (int each = 0; each < actions; each++) {
        Target target = targets.get((first + each) % TARGETS);
        int task = tasks++;
        byTask.put(task, this);
        now.add(
            new Task(
                task,
                Task.Facts.of(job, number, target.mnemonic, target.number),
                new ActionId("a" + task),
                (long) (target.nanos * Math.exp(0.2 * random.nextGaussian())),
                target.fetchNanos,
                builds > WARM_UP));
      }
      unfinished += actions;
      run.submitNow(now);
    }

    void completed(Run run) {
      if (--unfinished > 0) {
        return;
      }
      if (!linked) {
        linked = true;
        submit(1, run);
      } else if (builds < BUILDS) {
        think(run);
      }
    }
  }

  @Override
  public void begin(Run run, RandomGenerator random) {
    Durations durations = new Durations(random);
    run.expectMore();
    for (int number = 0; number < DEVELOPERS; number++) {
      // Each has a source of its own: who comes first depends on the policy.
      new Developer(number, durations, new SplittableRandom(random.nextLong())).think(run);
    }
  }

  @Override
  public void completed(Task task, Run run) {
    Objects.requireNonNull(byTask.remove(task.number)).completed(run);
  }

  private static long seconds(double seconds) {
    return (long) (seconds * Timeline.SECOND);
  }
}
