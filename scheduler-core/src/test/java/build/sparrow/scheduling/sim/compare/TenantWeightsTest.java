package build.sparrow.scheduling.sim.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Three tenants who all have more queued than the farm can run, and weigh differently. */
final class TenantWeightsTest {
  private static final Map<Integer, Integer> WEIGHTS = Map.of(0, 1, 1, 2, 2, 5);
  private static final long WINDOW_NANOS = 10 * Timeline.SECOND;

  /** They come one second after the other; none of the actions takes longer than ten. */
  private static final class Backlogs implements Workload {
    private static final int ACTIONS = 12_000;

    @Override
    public Farm farm() {
      return Farm.alike(100, 4);
    }

    @Override
    public Map<Integer, Integer> tenantWeights() {
      return WEIGHTS;
    }

    @Override
    public void begin(Run run, RandomGenerator random) {
      Durations durations = new Durations(random);
      for (int tenant = 0; tenant < WEIGHTS.size(); tenant++) {
        List<Task> backlog = new ArrayList<>();
        for (int each = 0; each < ACTIONS; each++) {
          int number = tenant * ACTIONS + each;
          Durations.Drawn drawn = durations.draw(random);
          while (drawn.nanos() > WINDOW_NANOS) {
            drawn = durations.draw(random);
          }
          backlog.add(
              new Task(
                  number,
                  new Task.Facts(tenant, tenant, tenant, drawn.mnemonic(), drawn.target(), 0, 0),
                  new ActionId("a" + number),
                  drawn.nanos(),
                  true));
        }
        run.plan((1 + tenant) * Timeline.SECOND, backlog);
      }
    }
  }

  @Test
  void eachHasItsShareInEveryTenSeconds_whileAllHaveABacklog() {
    for (long seed = 1; seed <= 2; seed++) {
      Run run = Run.of(new Backlogs(), Shipped::new, seed);

      long end = firstBacklogGone(run);
      int windows = 0;
      // What the first one began alone, or began and lost again, has ended by then.
      for (long from = 3 * WINDOW_NANOS; from + WINDOW_NANOS <= end; from += WINDOW_NANOS) {
        assertShares(run, from);
        windows++;
      }
      assertThat(windows).isGreaterThan(1);
    }
  }

  private static long firstBacklogGone(Run run) {
    long[] lastStart = new long[WEIGHTS.size()];
    for (Task task : run.measured()) {
      int tenant = task.facts.tenant();
      lastStart[tenant] = Math.max(lastStart[tenant], task.startedNanos);
    }
    return Arrays.stream(lastStart).min().orElseThrow();
  }

  private static void assertShares(Run run, long from) {
    double[] nanos = new double[WEIGHTS.size()];
    for (Task task : run.measured()) {
      long end = Math.min(task.finishedNanos, from + WINDOW_NANOS);
      nanos[task.facts.tenant()] += Math.max(0, end - Math.max(task.startedNanos, from));
    }
    double all = Arrays.stream(nanos).sum();
    int allWeights = WEIGHTS.values().stream().mapToInt(weight -> weight).sum();
    WEIGHTS.forEach(
        (tenant, weight) ->
            assertThat(nanos[tenant] / all)
                .as("tenant %d from %d s on", tenant, from / Timeline.SECOND)
                .isCloseTo((double) weight / allWeights, withinPercentage(10)));
  }
}
