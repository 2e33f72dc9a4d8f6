package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which shards hold an item, by rendezvous hashing (Thaler and Ravishankar, 1998): those for which
 * it weighs most. Everybody in a farm who has the same list comes to the same answer, whatever the
 * list's order, and a shard that is added takes from each other one only what is its own. Nothing
 * of the weights may change between versions: blobs would be looked for where they are not.
 */
public final class Placement {
  /** Beyond, who lacks an item could not be told from who never had it. */
  public static final int MAX_COPIES = 2;

  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private final List<Endpoint> shards;
  private final long[] shardHashes;
  private final int copies;
  private final int candidates;

  /**
   * A placement.
   *
   * @param shards of the farm, by the names under which all know them
   * @param copies of each item: 1, or 2 of at least 3 shards
   * @throws IllegalArgumentException naming what is wrong
   */
  public Placement(List<Endpoint> shards, int copies) {
    if (shards.isEmpty() || new HashSet<>(shards).size() < shards.size()) {
      throw new IllegalArgumentException(
          "shards are " + shards + "; name at least one, and each of them once");
    }
    if (copies < 1 || copies > MAX_COPIES) {
      throw new IllegalArgumentException(
          "copies is %d; give 1 to %d".formatted(copies, MAX_COPIES));
    }
    if (copies > 1 && shards.size() <= copies) {
      throw new IllegalArgumentException(
          "copies is %d, for which there must be %d shards, while there are %d: of two shards that lose sight of each other neither knows what it lacks"
              .formatted(copies, copies + 1, shards.size()));
    }
    this.shards = List.copyOf(shards);
    this.shardHashes =
        this.shards.stream().mapToLong(shard -> mixed(hash(shard.toString()))).toArray();
    this.copies = copies;
    this.candidates = copies == 1 ? 1 : 2 * copies - 1;
  }

  /** Of a farm whose storage is one shard. */
  public static Placement alone(Endpoint shard) {
    return new Placement(List.of(shard), 1);
  }

  /** All shards of the farm. */
  public List<Endpoint> shards() {
    return shards;
  }

  /** How many shards must have taken an item before its write is acknowledged. */
  public int copies() {
    return copies;
  }

  /**
   * The shards that may hold the item: its homes, {@link #copies} of them, and behind them the
   * deputy that takes it while a home is away. Without copies the home has no deputy.
   */
  public List<Endpoint> candidates(Item item) {
    long key = hash(item.placementKey());
    int[] best = new int[candidates];
    long[] weights = new long[candidates];
    int count = 0;
    for (int i = 0; i < shardHashes.length; i++) {
      long weight = mixed(shardHashes[i] ^ key);
      int place = count;
      while (place > 0 && Long.compareUnsigned(weights[place - 1], weight) < 0) {
        place--;
      }
      if (place < candidates) {
        count = Math.min(count + 1, candidates);
        System.arraycopy(best, place, best, place + 1, count - place - 1);
        System.arraycopy(weights, place, weights, place + 1, count - place - 1);
        best[place] = i;
        weights[place] = weight;
      }
    }
    return Arrays.stream(best).mapToObj(shards::get).toList();
  }

  /** The shards where the item belongs. */
  public List<Endpoint> homes(Item item) {
    return candidates(item).subList(0, copies);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Placement placement
        && shards.equals(placement.shards)
        && copies == placement.copies;
  }

  @Override
  public int hashCode() {
    return 31 * shards.hashCode() + copies;
  }

  /** As {@code 2 copies on [host:port, …]}. */
  @Override
  public String toString() {
    return copies + (copies == 1 ? " copy on " : " copies on ") + shards;
  }

  /** FNV-1a over the characters. */
  private static long hash(String text) {
    long hash = FNV_OFFSET;
    for (int place = 0; place < text.length(); place++) {
      hash = (hash ^ text.charAt(place)) * FNV_PRIME;
    }
    return hash;
  }

  /** The finisher of SplitMix64: each bit of the result depends on each of what goes in. */
  private static long mixed(long hash) {
    long mixed = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
