package build.sparrow.scheduling.owner;

import java.time.Duration;

/**
 * The durations of past actions in buckets that grow by a quarter each; what lies some samples back
 * counts half.
 */
final class Sketch {
  private static final double RATIO = 1.25;
  private static final double SMALLEST_NANOS = Duration.ofMillis(1).toNanos();

  /** From a millisecond to an hour. */
  private static final int BUCKETS = 68;

  private final float[] weights = new float[BUCKETS];
  private final float decay;
  private int samples;

  /** What lies so many samples back counts half. */
  Sketch(int halfLifeSamples) {
    decay = (float) Math.pow(0.5, 1.0 / halfLifeSamples);
  }

  void add(long nanos) {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      weights[bucket] *= decay;
    }
    weights[bucketOf(nanos)]++;
    samples = Math.min(samples + 1, Integer.MAX_VALUE - 1);
  }

  private static int bucketOf(long nanos) {
    return Math.min(BUCKETS - 1, (int) stepOf(nanos));
  }

  private static double stepOf(long nanos) {
    return Math.log(Math.max(1, nanos / SMALLEST_NANOS)) / Math.log(RATIO);
  }

  int samples() {
    return samples;
  }

  /** The weight of what took longer, as if each bucket's were spread evenly over its ratio. */
  double weightAbove(long nanos) {
    double step = stepOf(nanos);
    int bucket = Math.min(BUCKETS - 1, (int) step);
    double above = weights[bucket] * Math.clamp(bucket + 1 - step, 0, 1);
    for (int higher = bucket + 1; higher < BUCKETS; higher++) {
      above += weights[higher];
    }
    return above;
  }

  /** The duration that this share of the weight does not exceed, to a bucket's middle. */
  long quantileNanos(double share) {
    double all = 0;
    for (float weight : weights) {
      all += weight;
    }
    double left = all * share;
    int bucket = 0;
    while (bucket < BUCKETS - 1 && left > weights[bucket]) {
      left -= weights[bucket];
      bucket++;
    }
    return (long) (SMALLEST_NANOS * Math.pow(RATIO, bucket + 0.5));
  }
}
