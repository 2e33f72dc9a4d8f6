package build.sparrow.cas;

import build.sparrow.cas.replica.member.Membership;
import build.sparrow.cas.segment.Durability;
import build.sparrow.cas.tier.TierConfig;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a shard needs to know.
 *
 * @param listen where it serves; port 0 takes any free port
 * @param dataDirectory holds all that it stores; made if it does not exist
 * @param capacity the most disk that blobs and action results take together
 * @param lease how long what was reported present stays readable
 * @param engine how it is kept; an engine that the data directory was not written by is refused
 * @param durability when what was stored is safe from a power cut; of the engine of segments
 * @param membership what it knows of the farm's other shards; null if it is the only one
 * @param tier where blobs are kept beside its disk; null if nowhere
 */
public record CasConfig(
    Endpoint listen,
    Path dataDirectory,
    DataSize capacity,
    Duration lease,
    StorageEngine engine,
    Durability durability,
    @Nullable Membership membership,
    @Nullable TierConfig tier) {
  /** The least capacity; below, a batch of blobs would not fit beside the action cache. */
  public static final DataSize MIN_CAPACITY = DataSize.ofMebibytes(16);

  /** The lease that Bazel assumes when it builds without the bytes. */
  public static final Duration DEFAULT_LEASE = Duration.ofHours(3);

  /**
   * A shard that is alone, with the engine that its data directory has, which syncs many writes at
   * a time.
   */
  public CasConfig(Endpoint listen, Path dataDirectory, DataSize capacity, Duration lease) {
    this(listen, dataDirectory, capacity, lease, null);
  }

  /** The same as one of several, if that is not null. */
  public CasConfig(
      Endpoint listen,
      Path dataDirectory,
      DataSize capacity,
      Duration lease,
      @Nullable Membership membership) {
    this(
        listen,
        dataDirectory,
        capacity,
        lease,
        StorageEngine.AS_FOUND,
        Durability.GROUPED,
        membership,
        null);
  }

  /** The same shard with another engine and another durability. */
  public CasConfig with(StorageEngine otherEngine, Durability otherDurability) {
    return new CasConfig(
        listen, dataDirectory, capacity, lease, otherEngine, otherDurability, membership, tier);
  }

  /** The same shard with that tier, if it is not null. */
  public CasConfig with(@Nullable TierConfig otherTier) {
    return new CasConfig(
        listen, dataDirectory, capacity, lease, engine, durability, membership, otherTier);
  }

  /** Throws IllegalArgumentException naming what is wrong. */
  public CasConfig {
    if (capacity.compareTo(MIN_CAPACITY) < 0) {
      throw new IllegalArgumentException(
          "capacity is %s; give at least %s".formatted(capacity, MIN_CAPACITY));
    }
    if (lease.isNegative()) {
      throw new IllegalArgumentException("lease is " + lease + "; give 0 or more");
    }
  }
}
