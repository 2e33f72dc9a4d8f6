package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.sim.Timeline;
import java.util.random.RandomGenerator;

/**
 * How long build actions take: four kinds, each with targets that differ, each run of which differs
 * again. Half of the spread is the target's and can be learnt, half is the run's and cannot.
 */
final class Durations {
  private static final double[] SHARE = {0.55, 0.30, 0.13, 0.02};
  private static final double[] MEDIAN_SECONDS = {0.08, 1.5, 8, 90};
  private static final double SPREAD = 0.6;
  private static final int TARGETS = 200;
  private static final double LONGEST_SECONDS = 1800;

  private final double[][] medians = new double[SHARE.length][TARGETS];

  record Drawn(int mnemonic, int target, long nanos) {}

  Durations(RandomGenerator random) {
    for (int kind = 0; kind < SHARE.length; kind++) {
      for (int target = 0; target < TARGETS; target++) {
        medians[kind][target] = MEDIAN_SECONDS[kind] * Math.exp(SPREAD * random.nextGaussian());
      }
    }
  }

  Drawn draw(RandomGenerator random) {
    double chance = random.nextDouble();
    int kind = 0;
    while (kind < SHARE.length - 1 && chance >= SHARE[kind]) {
      chance -= SHARE[kind];
      kind++;
    }
    int target = random.nextInt(TARGETS);
    double seconds = medians[kind][target] * Math.exp(SPREAD * random.nextGaussian());
    return new Drawn(
        kind, target, (long) (Math.clamp(seconds, 0.005, LONGEST_SECONDS) * Timeline.SECOND));
  }
}
