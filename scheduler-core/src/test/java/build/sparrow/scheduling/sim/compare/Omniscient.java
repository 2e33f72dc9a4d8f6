package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** One queue that knows all at once and sends without delay: what no real scheduler can be. */
final class Omniscient implements Policy {
  /** How wrong the size-aware one is about durations: the deviation of the logarithm. */
  private static final double NOISE = 0.7;

  private record Waiting(Task task, double order, long sequence) {}

  private final Run run;
  private final ToDoubleFunction<Task> order;
  private final List<PriorityQueue<Waiting>> queues = new ArrayList<>();
  private final int[] free;
  private long sequence;

  private Omniscient(Run run, ToDoubleFunction<Task> order) {
    this.run = run;
    this.order = order;
    free = new int[run.farm.executors()];
    Arrays.fill(free, run.farm.slots());
  }

  /** First come, first served. */
  static Omniscient fifo(Run run) {
    return new Omniscient(run, task -> task.submittedNanos);
  }

  /** Short ones first, by what it believes of durations, bounded by age. */
  static Omniscient sized(Run run) {
    return new Omniscient(
        run,
        task -> {
          double believed = task.durationSeconds() * Math.exp(NOISE * run.random.nextGaussian());
          return task.submittedNanos + 4 * Math.clamp(believed, 0.05, 60) * Timeline.SECOND;
        });
  }

  @Override
  public void submit(List<Task> tasks) {
    for (Task task : tasks) {
      int platform = task.facts.platform();
      while (queues.size() <= platform) {
        queues.add(
            new PriorityQueue<>(
                Comparator.comparingDouble(Waiting::order).thenComparingLong(Waiting::sequence)));
      }
      queues.get(platform).add(new Waiting(task, order.applyAsDouble(task), sequence++));
    }
    for (int executor = 0; executor < free.length; executor++) {
      fill(executor);
    }
  }

  private void fill(int executor) {
    while (free[executor] > 0) {
      PriorityQueue<Waiting> queue = first(executor);
      if (queue == null) {
        return;
      }
      Task task = queue.remove().task();
      free[executor]--;
      run.started(task);
      run.timeline.after(
          task.durationNanos,
          () -> {
            free[executor]++;
            fill(executor);
            run.finished(task);
          });
    }
  }

  private @Nullable PriorityQueue<Waiting> first(int executor) {
    PriorityQueue<Waiting> best = null;
    for (int platform : run.farm.serves().get(executor)) {
      PriorityQueue<Waiting> queue = platform < queues.size() ? queues.get(platform) : null;
      Waiting head = queue == null ? null : queue.peek();
      if (head != null
          && (best == null || head.order() < Objects.requireNonNull(best.peek()).order())) {
        best = queue;
      }
    }
    return best;
  }

  @Override
  public long messages() {
    return 0;
  }
}
