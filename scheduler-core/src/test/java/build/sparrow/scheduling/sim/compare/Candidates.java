package build.sparrow.scheduling.sim.compare;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** The executors that can run a task, and a few of them drawn at random. */
final class Candidates {
  private final Farm farm;
  private final Map<Integer, int[]> byPlatform = new HashMap<>();

  Candidates(Farm farm) {
    this.farm = farm;
  }

  private int[] of(int platform) {
    return byPlatform.computeIfAbsent(
        platform,
        wanted ->
            IntStream.range(0, farm.executors())
                .filter(each -> farm.serves().get(each).contains(wanted))
                .toArray());
  }

  /** As many as asked for, each once; all if there are no more. */
  int[] draw(Task task, int count, RandomGenerator random) {
    int[] all = of(task.facts.platform());
    int drawn = Math.min(count, all.length);
    // The first places of a shuffle; the order that an earlier draw left does no harm.
    for (int place = 0; place < drawn; place++) {
      int other = place + random.nextInt(all.length - place);
      int swapped = all[place];
      all[place] = all[other];
      all[other] = swapped;
    }
    return Arrays.copyOf(all, drawn);
  }
}
