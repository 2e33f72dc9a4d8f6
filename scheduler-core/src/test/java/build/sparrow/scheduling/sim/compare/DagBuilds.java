package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * W3, whole builds: layers of actions that need some of the layer before, then a link, then tests.
 * Several clients build at once, each with no more actions in flight than its {@code --jobs}. Warm,
 * each has built the same before, so that the farm knows how long its actions take.
 */
final class DagBuilds implements Workload {
  private static final int BUILDS = 12;
  private static final int JOBS = 60;
  private static final int WIDEST_LAYER = 200;
  private static final double LINK_SECONDS = 20;
  private static final double LONGEST_TEST_SECONDS = 1800;

  /** One test for so many other actions. */
  private static final int ACTIONS_PER_TEST = 20;

  /** Kinds of actions, beside those of {@link Durations}. */
  private static final int LINK = 10;

  private static final int TEST = 11;

  private final Farm farm;
  private final boolean warm;
  private final List<Client> clients = new ArrayList<>();
  private final Map<Integer, Client> byTask = new HashMap<>();
  private int tasks;
  private int unfinished;

  DagBuilds(Farm farm, boolean warm) {
    this.farm = farm;
    this.warm = warm;
  }

  @Override
  public Farm farm() {
    return farm;
  }

  /** An action and what needs it, before it is known when it can be submitted. */
  private static final class Step {
    final int mnemonic;
    final int target;
    final long nanos;
    final List<Step> needs = new ArrayList<>();
    final List<Step> neededBy = new ArrayList<>();

    /** The longest chain of actions that ends with this one. */
    long chainNanos;

    int missing;

    Step(int mnemonic, int target, long nanos) {
      this.mnemonic = mnemonic;
      this.target = target;
      this.nanos = nanos;
      chainNanos = nanos;
    }

    void need(Step other) {
      needs.add(other);
      other.neededBy.add(this);
      chainNanos = Math.max(chainNanos, other.chainNanos + nanos);
    }
  }

  /** A client, which submits what is ready as far as its {@code --jobs} go. */
  private final class Client {
    final int build;
    final List<Step> steps;
    final Deque<Step> ready = new ArrayDeque<>();
    final Map<Integer, Step> inFlight = new HashMap<>();
    boolean measured;

    Client(int build, List<Step> steps) {
      this.build = build;
      this.steps = steps;
    }

    void begin(Run run, boolean counts) {
      measured = counts;
      unfinished += steps.size();
      for (Step step : steps) {
        step.missing = step.needs.size();
        if (step.missing == 0) {
          ready.add(step);
        }
      }
      submit(run);
    }

    private void submit(Run run) {
      List<Task> now = new ArrayList<>();
      while (inFlight.size() < JOBS && !ready.isEmpty()) {
        Step step = ready.remove();
        int number = tasks++;
        inFlight.put(number, step);
        byTask.put(number, this);
        now.add(
            new Task(
                number,
                Task.Facts.of(build, build, step.mnemonic, step.target),
                new ActionId("a" + number),
                step.nanos,
                measured));
      }
      run.submitNow(now);
    }

    void completed(Task task, Run run) {
      unfinished--;
      for (Step next : Objects.requireNonNull(inFlight.remove(task.number)).neededBy) {
        if (--next.missing == 0) {
          ready.add(next);
        }
      }
      submit(run);
    }
  }

  @Override
  public void begin(Run run, RandomGenerator random) {
    Durations durations = new Durations(random);
    for (int build = 0; build < BUILDS; build++) {
      clients.add(new Client(build, steps(build, durations, random)));
    }
    run.expectMore();
    run.timeline.at(Timeline.SECOND, () -> buildAll(run, !warm));
  }

  private void buildAll(Run run, boolean measured) {
    clients.forEach(client -> client.begin(run, measured));
    if (measured) {
      run.expectNoMore();
    }
  }

  @Override
  public void completed(Task task, Run run) {
    Client client = byTask.remove(task.number);
    if (client == null) {
      throw new AssertionError("Task " + task.number + " is nobody's");
    }
    client.completed(task, run);
    if (unfinished == 0 && !task.measured) {
      buildAll(run, true);
    }
  }

  private static List<Step> steps(int build, Durations durations, RandomGenerator random) {
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

  /** No scheduler can be faster than the longest chain, or than all work on all slots. */
  @Override
  public double leastSeconds() {
    double longest = 0;
    double all = 0;
    for (Client client : clients) {
      double work = 0;
      for (Step step : client.steps) {
        longest = Math.max(longest, (double) step.chainNanos);
        work += step.nanos;
      }
      longest = Math.max(longest, work / JOBS);
      all += work;
    }
    return Math.max(longest, all / farm.allSlots()) / Timeline.SECOND;
  }
}
