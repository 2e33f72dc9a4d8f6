package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * W8: one tenant builds as every day, at a third of the farm, while another one has queued more
 * than the farm can run in hours, at top priority. Only the first is measured.
 */
final class Flood implements Workload {
  private static final int TENANTS_WAVE = 40;
  private static final double LOAD = 0.3;
  private static final int TOP_PRIORITY = -1000;

  private final Farm farm;
  private final int actions;
  private final int flood;

  /**
   * A farm and its two tenants.
   *
   * @param flood actions of the second; 0 for a first one that is alone
   */
  Flood(Farm farm, int actions, int flood) {
    this.farm = farm;
    this.actions = actions;
    this.flood = flood;
  }

  @Override
  public Farm farm() {
    return farm;
  }

  @Override
  public void begin(Run run, RandomGenerator random) {
    Durations durations = new Durations(random);
    double work = 0;
    List<List<Task>> jobs = new ArrayList<>();
    int number = 0;
    while (number < actions) {
      List<Task> job = new ArrayList<>();
      int size = 1 + random.nextInt(2 * TENANTS_WAVE);
      for (int each = 0; each < size; each++) {
        boolean measured = number > actions * 0.2 && number < actions * 0.9;
        Task task = task(number++, 0, jobs.size(), 0, durations.draw(random), measured);
        work += task.durationNanos;
        job.add(task);
      }
      jobs.add(job);
    }
    double gap = work / (farm.allSlots() * LOAD) / jobs.size();
    double at = 2 * Timeline.SECOND;
    for (List<Task> job : jobs) {
      at += -Math.log(1 - random.nextDouble()) * gap;
      run.plan((long) at, job);
    }
    // Drawn last, so that the first tenant has the same work with and without it.
    List<Task> floods = new ArrayList<>();
    for (int each = 0; each < flood; each++) {
      floods.add(task(number++, 1, jobs.size(), TOP_PRIORITY, durations.draw(random), false));
    }
    if (flood > 0) {
      run.plan(Timeline.SECOND, floods);
    }
  }

  private static Task task(
      int number, int tenant, int job, int priority, Durations.Drawn drawn, boolean measured) {
    return new Task(
        number,
        new Task.Facts(
            job, tenant, tenant * 1000 + job % 8, drawn.mnemonic(), drawn.target(), 0, priority),
        new ActionId("a" + number),
        drawn.nanos(),
        measured);
  }
}
