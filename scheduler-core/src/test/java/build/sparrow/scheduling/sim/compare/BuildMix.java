package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * W2, the build mix: half of the jobs are single actions, half are waves; durations from ten
 * milliseconds to half an hour, more than half of the work in actions longer than a minute; the
 * rate changes between busy and quiet minutes.
 */
final class BuildMix implements Workload {
  /** Mean actions of a wave. */
  private static final int WAVE = 41;

  private static final int BUILDS = 24;
  private static final long MOOD_NANOS = 20 * Timeline.SECOND;

  private final Farm farm;
  private final double load;
  private final int actions;

  BuildMix(Farm farm, double load, int actions) {
    this.farm = farm;
    this.load = load;
    this.actions = actions;
  }

  @Override
  public Farm farm() {
    return farm;
  }

  @Override
  public void begin(Run run, RandomGenerator random) {
    run.endWhenAllStarted();
    Durations durations = new Durations(random);
    List<List<Task>> jobs = new ArrayList<>();
    double work = 0;
    int number = 0;
    while (number < actions) {
      List<Task> job = new ArrayList<>();
      int size = random.nextBoolean() ? 1 : 1 + (int) (-Math.log(1 - random.nextDouble()) * WAVE);
      int build = random.nextInt(BUILDS);
      for (int each = 0; each < size; each++) {
        Durations.Drawn drawn = durations.draw(random);
        boolean measured = number > actions * 0.15 && number < actions * 0.85;
        work += drawn.nanos();
        job.add(
            new Task(
                number,
                Task.Facts.of(jobs.size(), build, drawn.mnemonic(), drawn.target()),
                new ActionId("a" + number),
                drawn.nanos(),
                measured));
        number++;
      }
      jobs.add(job);
    }
    arrive(run, jobs, work / (farm.allSlots() * load), random);
  }

  /** Jobs come in a Poisson stream whose rate is a third more than usual, then a third less. */
  private static void arrive(
      Run run, List<List<Task>> jobs, double spanNanos, RandomGenerator random) {
    double meanGap = spanNanos / jobs.size();
    double at = Timeline.SECOND;
    for (List<Task> job : jobs) {
      boolean busy = (long) (at / MOOD_NANOS) % 2 == 0;
      // The two rates average to the usual one over time.
      at += -Math.log(1 - random.nextDouble()) * meanGap / (busy ? 4.0 / 3 : 2.0 / 3);
      run.plan((long) at, job);
    }
  }
}
