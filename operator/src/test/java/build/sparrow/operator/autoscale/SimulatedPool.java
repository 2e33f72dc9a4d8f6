package build.sparrow.operator.autoscale;

import static java.util.Objects.requireNonNull;

import build.sparrow.crds.AutoscalingSpec.ScalingRules;
import build.sparrow.operator.link.PoolDemand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A pool whose executors take a while to come up and run what arrives, by a clock of its own. */
final class SimulatedPool {
  private static final Duration STARTUP = Duration.ofSeconds(20);

  TestSpec spec;
  Instant now = Instant.parse("2026-03-02T12:00:00Z");
  ScalingHistory history = ScalingHistory.NONE;

  private final Random random;
  private final int slots;
  private final List<Executor> executors = new ArrayList<>();
  private final Deque<Instant> queue = new ArrayDeque<>();
  private final TreeMap<Instant, Integer> sizes = new TreeMap<>();
  private final TreeMap<Instant, Integer> wishes = new TreeMap<>();

  /** What was seen and what came of it. */
  record Decided(ScalingInput input, ScalingDecision decision) {}

  private static final class Executor {
    private final Instant ready;
    private final List<Instant> ends = new ArrayList<>();
    private Instant idleSince;

    Executor(Instant ready) {
      this.ready = ready;
      this.idleSince = ready;
    }
  }

  SimulatedPool(TestSpec spec, Random random) {
    this.spec = spec;
    this.random = random;
    this.slots = 1 + random.nextInt(4);
  }

  int size() {
    return executors.size();
  }

  void pass(int seconds, double arrivalsPerSecond) {
    now = now.plusSeconds(seconds);
    for (Executor executor : executors) {
      if (executor.ends.removeIf(end -> !end.isAfter(now)) && executor.ends.isEmpty()) {
        executor.idleSince = now;
      }
    }
    int arrivals = (int) (arrivalsPerSecond * seconds + random.nextDouble());
    IntStream.range(0, arrivals).forEach(i -> queue.add(now));
    for (Executor executor : executors) {
      while (!executor.ready.isAfter(now) && executor.ends.size() < slots && !queue.isEmpty()) {
        queue.remove();
        executor.ends.add(now.plusSeconds(1 + random.nextInt(40)));
      }
    }
  }

  Decided decide() {
    ScalingInput input = input();
    ScalingDecision decision = ScalingPolicy.decide(spec.spec(), input, history);
    wishes.put(now, Wish.of(spec.spec(), input).replicas());
    if (sizes.isEmpty()) {
      sizes.put(Instant.MIN, executors.size());
    }
    sizes.put(now, decision.replicas());
    history = decision.history();
    resize(decision.replicas());
    return new Decided(input, decision);
  }

  private ScalingInput input() {
    Duration timeout = Duration.ofSeconds(spec.spec().idleTimeoutSeconds());
    int ready = count(executor -> !executor.ready.isAfter(now));
    int busy = count(executor -> !executor.ends.isEmpty());
    int idleLongEnough = count(executor -> mayGo(executor, timeout));
    Duration oldest = queue.isEmpty() ? Duration.ZERO : Duration.between(queue.element(), now);
    return new ScalingInput(
        executors.size(),
        new PoolDemand(queue.size(), oldest),
        slots,
        ready,
        busy,
        idleLongEnough,
        now);
  }

  private boolean mayGo(Executor executor, Duration timeout) {
    return executor.ends.isEmpty() && !now.isBefore(executor.idleSince.plus(timeout));
  }

  private void resize(int replicas) {
    executors.sort(
        Comparator.comparing((Executor executor) -> !executor.ends.isEmpty())
            .thenComparing(executor -> executor.idleSince));
    while (executors.size() > replicas) {
      executors.removeFirst();
    }
    while (executors.size() < replicas) {
      executors.add(new Executor(now.plus(STARTUP)));
    }
  }

  private interface Test {
    boolean holds(Executor executor);
  }

  private int count(Test test) {
    return (int) executors.stream().filter(test::holds).count();
  }

  /** What was wished for in the window of the rules, all of it. */
  IntStream wishesOf(ScalingRules rules) {
    int window = Math.max(1, rules.stabilizationWindowSeconds());
    return wishes.tailMap(now.minusSeconds(window), false).values().stream().mapToInt(wish -> wish);
  }

  /** How many there were so long ago. */
  int sizeBefore(int seconds) {
    return requireNonNull(sizes.floorEntry(now.minusSeconds(seconds))).getValue();
  }
}
