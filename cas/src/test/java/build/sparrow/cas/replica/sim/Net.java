package build.sparrow.cas.replica.sim;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/** Calls between frontends and shards: they take time, get lost either way, or are cut off. */
final class Net {
  private final Timeline timeline;
  private final SplittableRandom random;
  private final double loss;
  private final Map<String, Long> cutUntilNanos = new HashMap<>();

  /** A shard refused what it was asked for. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  Net(Timeline timeline, SplittableRandom random, double loss) {
    this.timeline = timeline;
    this.random = random;
    this.loss = loss;
  }

  /** Lets nothing pass in that direction for a while. */
  void cut(String from, String to, long nanos) {
    cutUntilNanos.merge(from + ">" + to, timeline.now() + nanos, Math::max);
  }

  void heal() {
    cutUntilNanos.clear();
  }

  private boolean passes(String from, String to) {
    return cutUntilNanos.getOrDefault(from + ">" + to, 0L) <= timeline.now()
        && random.nextDouble() >= loss;
  }

  private long latency() {
    long usual = 100_000 + random.nextLong(2 * Timeline.MILLISECOND);
    return random.nextInt(50) == 0 ? usual + random.nextLong(400 * Timeline.MILLISECOND) : usual;
  }

  /** Asks a shard; exactly one of the two hears how it ended. */
  <T> void call(
      String from,
      SimShard shard,
      Function<SimShard, T> work,
      Consumer<T> answered,
      Runnable failed) {
    long timeout = (300 + random.nextInt(1_500)) * Timeline.MILLISECOND;
    if (!passes(from, shard.host())) {
      timeline.after(timeout, failed);
      return;
    }
    timeline.after(
        latency() + shard.delayNanos(), () -> serve(from, shard, work, answered, failed));
  }

  private <T> void serve(
      String from,
      SimShard shard,
      Function<SimShard, T> work,
      Consumer<T> answered,
      Runnable failed) {
    if (!shard.isUp()) {
      timeline.after(latency(), failed);
      return;
    }
    T answer;
    try {
      answer = work.apply(shard);
    } catch (RefusedException _) {
      timeline.after(latency(), failed);
      return;
    }
    if (passes(shard.host(), from)) {
      timeline.after(latency(), () -> answered.accept(answer));
    } else {
      timeline.after((300 + random.nextInt(1_500)) * Timeline.MILLISECOND, failed);
    }
  }
}
