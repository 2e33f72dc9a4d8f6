package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/** One workload under one policy from one seed. */
final class Run {
  /** No run takes longer than this of virtual time: a policy that loses tasks must not hang. */
  private static final long LONGEST_NANOS = 4 * 3600 * Timeline.SECOND;

  final Timeline timeline = new Timeline();
  final Farm farm;
  final SplittableRandom random;
  private final Workload workload;
  private final Policy policy;
  private final List<Task> tasks = new ArrayList<>();
  private final Map<ActionId, List<Task>> inFlight = new HashMap<>();
  private final InputCaches inputs = new InputCaches();
  private int plannedJobs;
  private int measuredOpen;
  private int measuredWaiting;
  private boolean startsSuffice;

  private Run(Workload workload, Policy.Maker maker, long seed) {
    SplittableRandom source = new SplittableRandom(seed);
    // The workload's share of chance is the same under each policy.
    SplittableRandom ofWorkload = source.split();
    random = source.split();
    this.workload = workload;
    farm = workload.farm();
    policy = maker.make(this);
    workload.begin(this, ofWorkload);
  }

  /** Runs until all that is measured has ended, or has started if the workload asks no more. */
  static Run of(Workload workload, Policy.Maker maker, long seed) {
    Run run = new Run(workload, maker, seed);
    while (!run.over()) {
      if (!run.timeline.step(LONGEST_NANOS)) {
        throw new AssertionError(
            run.measuredOpen + " measured tasks never ended under " + run.policy);
      }
    }
    return run;
  }

  private boolean over() {
    return plannedJobs == 0 && (startsSuffice ? measuredWaiting : measuredOpen) == 0;
  }

  /** Only waits are measured: the run is over when all that is measured has started. */
  void endWhenAllStarted() {
    startsSuffice = true;
  }

  /** A job comes at its time. */
  void plan(long atNanos, List<Task> job) {
    plannedJobs++;
    for (Task task : job) {
      announce(task);
    }
    timeline.at(
        atNanos,
        () -> {
          plannedJobs--;
          submit(job);
        });
  }

  /** Tasks will come that are not planned yet. */
  void expectMore() {
    plannedJobs++;
  }

  /** From now on all that comes follows from what is in flight. */
  void expectNoMore() {
    plannedJobs--;
  }

  private void announce(Task task) {
    tasks.add(task);
    if (task.measured) {
      measuredOpen++;
      measuredWaiting++;
    }
  }

  /** A job comes now, of tasks that depended on others. */
  void submitNow(List<Task> job) {
    job.forEach(this::announce);
    submit(job);
  }

  /** Equal actions in flight are one: who does not merge them is granted a perfect merge. */
  private void submit(List<Task> job) {
    List<Task> fresh = new ArrayList<>();
    for (Task task : job) {
      task.submittedNanos = timeline.now();
      List<Task> equal = inFlight.get(task.action);
      if (equal == null) {
        inFlight.put(task.action, new ArrayList<>(List.of(task)));
        fresh.add(task);
      } else {
        equal.add(task);
        if (policy.merges()) {
          fresh.add(task);
        }
        if (equal.getFirst().startedNanos >= 0) {
          markStarted(task);
        }
      }
    }
    if (!fresh.isEmpty()) {
      policy.submit(fresh);
    }
  }

  /**
   * The task's turn at an executor begins.
   *
   * @return how long it keeps its slot: it runs, and before that fetches what is not there
   */
  long started(Task task, int executor) {
    inFlight.getOrDefault(task.action, List.of()).forEach(this::markStarted);
    task.starts++;
    task.warm = task.fetchNanos == 0 || inputs.touch(executor, task.facts);
    return task.durationNanos + (task.warm ? 0 : task.fetchNanos);
  }

  private void markStarted(Task task) {
    if (task.startedNanos < 0) {
      task.startedNanos = timeline.now();
      if (task.measured) {
        measuredWaiting--;
      }
    }
  }

  /** The scheduler knows the task's end. */
  void finished(Task first) {
    List<Task> equal = inFlight.remove(first.action);
    if (equal == null) {
      throw new AssertionError("Task " + first.number + " ended twice");
    }
    for (Task task : equal) {
      task.finishedNanos = timeline.now();
      if (task.measured) {
        measuredOpen--;
      }
      workload.completed(task, this);
    }
  }

  /** One way of a message. */
  long hop() {
    return (long) (farm.hopNanos() * (0.8 + 0.4 * random.nextDouble()));
  }

  // What came of it.

  /** Attempts beyond the first one, of all tasks. */
  long restarts() {
    return tasks.stream().mapToLong(task -> Math.max(0, task.starts - 1)).sum();
  }

  List<Task> measured() {
    return tasks.stream().filter(task -> task.measured).toList();
  }

  double[] of(Function<Task, Double> value) {
    return measured().stream().mapToDouble(value::apply).sorted().toArray();
  }

  double messagesPerTask() {
    long started = tasks.stream().filter(task -> task.startedNanos >= 0).count();
    return (double) policy.messages() / started;
  }

  Policy policy() {
    return policy;
  }

  Workload workload() {
    return workload;
  }
}
