package build.sparrow.cas.replica.sim;

import java.util.SplittableRandom;

/**
 * What a run has to bear; faults are expected numbers a second.
 *
 * @param joiners how many shards join, one after the other
 * @param capacity items that a shard holds before it evicts
 * @param loss probability that a message does not arrive
 */
record Scenario(
    int shards,
    int joiners,
    int frontends,
    int blobs,
    int capacity,
    int leaseSeconds,
    double loss,
    double deaths,
    double powerLosses,
    double diskLosses,
    double partitions,
    double pauses,
    double clockJumps) {
  static final int MAX_BLOBS = 200;

  private static final int ROOMY = 1_000;

  /** The scenario of a seed: the storage grows in those of even ones, which have fewer blobs. */
  static Scenario draw(long seed, SplittableRandom random) {
    boolean tight = random.nextInt(4) == 0;
    int joiners = seed % 2 == 0 ? 1 + random.nextInt(2) : 0;
    int mostBlobs = joiners > 0 ? 40 : tight ? 60 : MAX_BLOBS;
    int blobs = 10 + random.nextInt(mostBlobs - 10);
    return new Scenario(
        random.nextInt(3) > 0 ? 3 : 4 + random.nextInt(2),
        joiners,
        joiners > 0 ? 2 + random.nextInt(2) : 1 + random.nextInt(3),
        blobs,
        tight ? 10 + blobs / 2 : ROOMY,
        tight ? 5 : 40,
        random.nextInt(2) * random.nextDouble(0.03),
        some(random, 0.4),
        some(random, 0.2),
        some(random, 0.1),
        some(random, 0.5),
        some(random, 0.2),
        some(random, 0.2));
  }

  /** Half of the kinds of faults are left out, so that the others are seen by themselves. */
  private static double some(SplittableRandom random, double most) {
    return random.nextBoolean() ? 0 : random.nextDouble(most);
  }

  boolean isTight() {
    return capacity < ROOMY;
  }
}
