package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * W6: twenty platforms, some wanted a hundred times more often than others (Zipf 1.2), the rarest
 * served by one executor or two; every executor serves the commonest one, too.
 */
final class Skew implements Workload {
  private static final int PLATFORMS = 20;
  private static final double ZIPF = 1.2;
  private static final double LOAD = 0.8;

  private final Farm farm;
  private final int actions;
  private final double[] shares = shares();

  Skew(int executors, int slots, int actions) {
    this.actions = actions;
    List<List<Integer>> serves = new ArrayList<>();
    for (int platform = PLATFORMS - 1; platform > 0; platform--) {
      // A little more than its share, so that it can catch up.
      int own = Math.max(1, (int) Math.round(shares[platform] * executors * 1.1));
      for (int each = 0; each < own; each++) {
        serves.add(List.of(0, platform));
      }
    }
    while (serves.size() < executors) {
      serves.add(List.of(0));
    }
    farm = new Farm(slots, serves, 3, 500_000);
  }

  private static double[] shares() {
    double[] shares = new double[PLATFORMS];
    double all = 0;
    for (int platform = 0; platform < PLATFORMS; platform++) {
      shares[platform] = 1 / Math.pow(platform + 1, ZIPF);
      all += shares[platform];
    }
    for (int platform = 0; platform < PLATFORMS; platform++) {
      shares[platform] /= all;
    }
    return shares;
  }

  @Override
  public Farm farm() {
    return farm;
  }

  @Override
  public void begin(Run run, RandomGenerator random) {
    run.endWhenAllStarted();
    Durations durations = new Durations(random);
    double work = 0;
    List<Task> tasks = new ArrayList<>();
    for (int number = 0; number < actions; number++) {
      Durations.Drawn drawn = durations.draw(random);
      // The few very long ones would decide all where a platform has one executor.
      long nanos = Math.min(drawn.nanos(), 20 * Timeline.SECOND);
      work += nanos;
      tasks.add(
          new Task(
              number,
              new Task.Facts(
                  number, 0, number % 24, drawn.mnemonic(), drawn.target(), platform(random), 0),
              new ActionId("a" + number),
              nanos,
              number > actions * 0.15 && number < actions * 0.85));
    }
    double gap = work / (farm.allSlots() * LOAD) / actions;
    double at = Timeline.SECOND;
    for (Task task : tasks) {
      at += -Math.log(1 - random.nextDouble()) * gap;
      run.plan((long) at, List.of(task));
    }
  }

  private int platform(RandomGenerator random) {
    double left = random.nextDouble();
    int platform = 0;
    while (platform < PLATFORMS - 1 && left >= shares[platform]) {
      left -= shares[platform];
      platform++;
    }
    return platform;
  }
}
