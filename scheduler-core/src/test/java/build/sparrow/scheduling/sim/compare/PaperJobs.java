package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * W1, the paper's jobs: a hundred tasks each, of a hundred milliseconds in the mean. No job tells
 * anything of another, so each is a package of its own.
 */
final class PaperJobs implements Workload {
  private static final int TASKS = 100;
  private static final double MEAN_SECONDS = 0.1;

  private final Farm farm;
  private final double load;
  private final int jobs;

  PaperJobs(Farm farm, double load, int jobs) {
    this.farm = farm;
    this.load = load;
    this.jobs = jobs;
  }

  @Override
  public Farm farm() {
    return farm;
  }

  /** The mean of a job's duration is drawn; its tasks are alike (the authors' EXP_JOBS). */
  @Override
  public void begin(Run run, RandomGenerator random) {
    double meanGap = TASKS * MEAN_SECONDS / (farm.allSlots() * load);
    double at = 1;
    int number = 0;
    for (int job = 0; job < jobs; job++) {
      at += -Math.log(1 - random.nextDouble()) * meanGap;
      long nanos =
          Math.max(1, (long) (-Math.log(1 - random.nextDouble()) * MEAN_SECONDS * Timeline.SECOND));
      List<Task> tasks = new ArrayList<>();
      for (int each = 0; each < TASKS; each++) {
        tasks.add(
            new Task(
                number,
                Task.Facts.of(job, job % 24, 0, job * Task.TARGETS_OF_A_PACKAGE),
                new ActionId("a" + number),
                nanos,
                job > jobs * 0.2 && job < jobs * 0.9));
        number++;
      }
      run.plan((long) (at * Timeline.SECOND), tasks);
    }
  }
}
