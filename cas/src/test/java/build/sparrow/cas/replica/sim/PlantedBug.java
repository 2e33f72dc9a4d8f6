package build.sparrow.cas.replica.sim;

/** Bugs that stores in the field have, or had. Each, planted here, must be found by the seeds. */
enum PlantedBug {
  NONE,
  /** Who does not answer is taken for one who holds nothing. */
  SILENCE_IS_DENIAL,
  /** A shard with an empty disk is believed when it says that something is missing. */
  NEW_SHARD_BELIEVED,
  /** A shard does not notice that its machine lost its last writes. */
  LOST_TAIL_UNNOTICED,
  /** What another shard is owed is kept in memory only. */
  HINTS_IN_MEMORY,
  /** A write is acknowledged without anybody owing the home that was away. */
  HINTS_DROPPED,
  /** A shard that catches up fetches only what it is a home of. */
  DEPUTY_NOT_CAUGHT_UP,
  /** Shards serve calls by whatever placement. */
  FENCE_LEFT_OPEN(true),
  /** A frontend goes by a new placement as soon as it hears of it. */
  ADOPTED_AT_ONCE(true),
  /** A shard that joins is believed before it has compared itself with the others. */
  JOINER_BELIEVED(true),
  /** While a shard joins, writes satisfy only the count without it. */
  JOINER_NOT_WRITTEN_TO(true),
  /** A result that is brought late replaces a newer one. */
  OLD_RESULT_WINS;

  private final boolean ofGrowth;

  PlantedBug() {
    this(false);
  }

  PlantedBug(boolean ofGrowth) {
    this.ofGrowth = ofGrowth;
  }

  /** The first of the seeds, every second one, that may find it: even ones have storage grow. */
  long firstSeed() {
    return ofGrowth ? 2 : 1;
  }
}
