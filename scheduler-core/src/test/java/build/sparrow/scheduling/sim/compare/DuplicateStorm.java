package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** W7: many jobs of a continuous integration want the same actions within two seconds. */
final class DuplicateStorm implements Workload {
  private static final int JOBS = 50;
  private static final int DISTINCT = 5_000;
  private static final long WITHIN_NANOS = 2 * Timeline.SECOND;

  private final Farm farm;

  DuplicateStorm(Farm farm) {
    this.farm = farm;
  }

  @Override
  public Farm farm() {
    return farm;
  }

  @Override
  public void begin(Run run, RandomGenerator random) {
    Durations durations = new Durations(random);
    List<Durations.Drawn> actions = new ArrayList<>();
    for (int each = 0; each < DISTINCT; each++) {
      actions.add(durations.draw(random));
    }
    int number = 0;
    for (int job = 0; job < JOBS; job++) {
      List<Task> tasks = new ArrayList<>();
      for (int each = 0; each < DISTINCT; each++) {
        Durations.Drawn drawn = actions.get(each);
        tasks.add(
            new Task(
                number++,
                Task.Facts.of(job, job, drawn.mnemonic(), drawn.target()),
                new ActionId("a" + each),
                // What is short may have ended before the next job comes, and is then run again, as
                // if no cache had it.
                Math.max(drawn.nanos(), WITHIN_NANOS),
                true));
      }
      run.plan(Timeline.SECOND + random.nextLong(WITHIN_NANOS), tasks);
    }
  }
}
