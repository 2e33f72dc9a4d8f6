package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Knows all at once and sends without delay: what no real scheduler can be. Like real ones it takes
 * no slot away from what runs.
 */
final class Omniscient implements Policy {
  /** How wrong the size-aware one is about durations: the deviation of the logarithm. */
  private static final double NOISE = 0.7;

  private record Waiting(Task task, double order, long sequence) {}

  /** What waits in one queue, in its order. */
  private record Line(int tenant, int platform, PriorityQueue<Waiting> waiting) {}

  private final Run run;
  private final ToDoubleFunction<Task> order;
  private final List<Line> lines = new ArrayList<>();
  private final int[] free;

  /** All executors; those that others cannot stand in for come last. */
  private final int[] leastAbleFirst;

  /** Whether the tenant with the least running comes first; otherwise there is but one. */
  private final boolean fair;

  private final Map<Integer, Integer> running = new HashMap<>();
  private long sequence;

  private Omniscient(Run run, boolean fair, ToDoubleFunction<Task> order) {
    this.run = run;
    this.fair = fair;
    this.order = order;
    free = new int[run.farm.executors()];
    Arrays.fill(free, run.farm.slots());
    leastAbleFirst =
        IntStream.range(0, free.length)
            .boxed()
            .sorted(Comparator.comparingInt(each -> run.farm.serves().get(each).size()))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /** First come, first served. */
  static Omniscient fifo(Run run) {
    return new Omniscient(run, false, task -> task.submittedNanos);
  }

  /** First come, first served within a tenant; first the tenant that has the least running. */
  static Omniscient fair(Run run) {
    return new Omniscient(run, true, task -> task.submittedNanos);
  }

  /** Short ones first, by what it believes of durations, bounded by age. */
  static Omniscient sized(Run run) {
    return new Omniscient(run, false, task -> believedDeadline(task, run));
  }

  /** The same within a tenant; first the tenant that has the least running. */
  static Omniscient fairAndSized(Run run) {
    return new Omniscient(run, true, task -> believedDeadline(task, run));
  }

  private static double believedDeadline(Task task, Run run) {
    double believed = task.durationSeconds() * Math.exp(NOISE * run.random.nextGaussian());
    return task.submittedNanos + 4 * Math.clamp(believed, 0.05, 60) * Timeline.SECOND;
  }

  @Override
  public void submit(List<Task> tasks) {
    for (Task task : tasks) {
      line(task).waiting().add(new Waiting(task, order.applyAsDouble(task), sequence++));
    }
    for (int executor : leastAbleFirst) {
      fill(executor);
    }
  }

  private Line line(Task task) {
    int tenant = fair ? task.facts.tenant() : 0;
    int platform = task.facts.platform();
    for (Line line : lines) {
      if (line.tenant() == tenant && line.platform() == platform) {
        return line;
      }
    }
    Line line =
        new Line(
            tenant,
            platform,
            new PriorityQueue<>(
                Comparator.comparingDouble(Waiting::order).thenComparingLong(Waiting::sequence)));
    lines.add(line);
    return line;
  }

  private void fill(int executor) {
    while (free[executor] > 0) {
      Line line = first(executor);
      if (line == null) {
        return;
      }
      Task task = line.waiting().remove().task();
      free[executor]--;
      running.merge(line.tenant(), 1, Integer::sum);
      run.timeline.after(
          run.started(task, executor),
          () -> {
            free[executor]++;
            running.merge(line.tenant(), -1, Integer::sum);
            fill(executor);
            run.finished(task);
          });
    }
  }

  private @Nullable Line first(int executor) {
    List<Integer> served = run.farm.serves().get(executor);
    return lines.stream()
        .filter(line -> served.contains(line.platform()) && !line.waiting().isEmpty())
        .min(
            Comparator.<Line>comparingInt(line -> running.getOrDefault(line.tenant(), 0))
                .thenComparingDouble(line -> Objects.requireNonNull(line.waiting().peek()).order()))
        .orElse(null);
  }

  @Override
  public long messages() {
    return 0;
  }
}
