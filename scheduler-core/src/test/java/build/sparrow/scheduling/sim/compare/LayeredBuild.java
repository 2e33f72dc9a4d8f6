package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Layers of actions that need some of the layer before, then a link, then tests. */
final class LayeredBuild implements BuildPlan {
  private static final int WIDEST_LAYER = 200;
  private static final double LINK_SECONDS = 20;
  private static final double LONGEST_TEST_SECONDS = 1800;

  /** One test for so many other actions. */
  private static final int ACTIONS_PER_TEST = 20;

  /** Kinds of actions, beside those of {@link Durations}. */
  private static final int LINK = 10;

  private static final int TEST = 11;

  @Override
  public List<Step> draw(int build, Durations durations, RandomGenerator random) {
    List<Step> all = new ArrayList<>();
    List<Step> before = List.of();
    int layers = 8 + random.nextInt(33);
    for (int layer = 0; layer < layers; layer++) {
      List<Step> now = new ArrayList<>();
      int width = pareto(random, 4, WIDEST_LAYER);
      for (int each = 0; each < width; each++) {
        Durations.Drawn drawn = durations.draw(random);
        Step step = new Step(drawn.mnemonic(), drawn.target(), drawn.nanos());
        int needed = before.isEmpty() ? 0 : Math.min(before.size(), pareto(random, 1, 200));
        for (int need = 0; need < needed; need++) {
          step.need(before.get(random.nextInt(before.size())));
        }
        now.add(step);
      }
      all.addAll(now);
      before = now;
    }
    Step link =
        new Step(LINK, build, seconds(LINK_SECONDS * Math.exp(0.5 * random.nextGaussian())));
    before.forEach(link::need);
    int tests = all.size() / ACTIONS_PER_TEST;
    all.add(link);
    for (int test = 0; test < tests; test++) {
      double seconds = Math.exp(random.nextDouble() * Math.log(LONGEST_TEST_SECONDS));
      Step step = new Step(TEST, build * 1000 + test, seconds(seconds));
      step.need(link);
      all.add(step);
    }
    return all;
  }

  /** Many small ones and a few large ones. */
  private static int pareto(RandomGenerator random, int least, int most) {
    return (int) Math.min(most, least / Math.pow(1 - random.nextDouble(), 1 / 1.2));
  }

  private static long seconds(double seconds) {
    return (long) (seconds * Timeline.SECOND);
  }
}
