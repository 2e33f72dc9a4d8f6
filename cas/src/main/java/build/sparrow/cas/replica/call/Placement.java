package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which shards hold an item, by rendezvous hashing (Thaler and Ravishankar, 1998): those for which
 * it weighs most. Everybody in a farm who has the same list comes to the same answer, whatever the
 * list's order, and a shard that is added takes from each other one only what is its own. Nothing
 * of the weights may change between versions: blobs would be looked for where they are not.
 *
 * <p>A farm grows by one shard after the other, in two epochs each. In the first one the shard
 * joins: writes satisfy the count with it and the count without it, and nobody asks it yet. In the
 * second one it is as any other. Whoever decides by the counts of one epoch decides nothing that is
 * wrong by those of the one before or after it, as long as no two epochs are used at a time.
 */
public final class Placement {
  /** Beyond, who lacks an item could not be told from who never had it. */
  public static final int MAX_COPIES = 2;

  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private final List<Endpoint> shards;
  private final @Nullable Endpoint joining;
  private final List<Endpoint> members;
  private final long[] memberHashes;
  private final int copies;
  private final int candidates;

  /**
   * Who is to take a write of an item.
   *
   * @param ranked all that may take it, homes first
   * @param homes where it belongs
   * @param counts of each of these as many must have taken it as there are to be copies
   * @param copies that there are to be
   */
  public record Targets(
      List<Endpoint> ranked, List<Endpoint> homes, List<List<Endpoint>> counts, int copies) {
    /** Whether it is written once these have it. */
    public boolean areEnough(Set<Endpoint> takers) {
      for (List<Endpoint> count : counts) {
        if (count.stream().filter(takers::contains).count() < copies) {
          return false;
        }
      }
      return true;
    }
  }

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
    this(List.copyOf(shards), null, copies);
  }

  private Placement(List<Endpoint> shards, @Nullable Endpoint joining, int copies) {
    this.shards = shards;
    this.joining = joining;
    this.members =
        joining == null ? shards : Stream.concat(shards.stream(), Stream.of(joining)).toList();
    this.memberHashes =
        members.stream().mapToLong(shard -> mixed(hash(shard.toString()))).toArray();
    this.copies = copies;
    this.candidates = copies == 1 ? 1 : 2 * copies - 1;
  }

  /** Of a farm whose storage is one shard. */
  public static Placement alone(Endpoint shard) {
    return new Placement(List.of(shard), 1);
  }

  /**
   * The next epoch, in which that shard joins.
   *
   * @throws IllegalArgumentException if none can join now, or not this one
   */
  public Placement joinedBy(Endpoint shard) {
    if (copies == 1 || joining != null || shards.contains(shard)) {
      throw new IllegalArgumentException("%s cannot join %s".formatted(shard, this));
    }
    return new Placement(shards, shard, copies);
  }

  /**
   * The next epoch, in which the shard that joins is as any other.
   *
   * @throws IllegalArgumentException if none joins
   */
  public Placement joined() {
    if (joining == null) {
      throw new IllegalArgumentException("No shard joins " + this);
    }
    return new Placement(members, null, copies);
  }

  /** The shards of the farm whose word counts. */
  public List<Endpoint> shards() {
    return shards;
  }

  /** The shard that joins, if one does. */
  public Optional<Endpoint> joining() {
    return Optional.ofNullable(joining);
  }

  /** All shards, also the one that joins. */
  public List<Endpoint> members() {
    return members;
  }

  /** A later placement of the same farm has a larger one. */
  public int epoch() {
    return 2 * shards.size() + (joining == null ? 0 : 1);
  }

  /** Whether this is a later placement of the same farm. */
  public boolean follows(Placement earlier) {
    return epoch() > earlier.epoch()
        && copies == earlier.copies
        && members.size() >= earlier.members.size()
        && members.subList(0, earlier.members.size()).equals(earlier.members);
  }

  /**
   * The shards that were counted before the latest one joined. Once all but one of them have this
   * epoch, no two of three can be found for an earlier one.
   */
  public List<Endpoint> elders() {
    return joining == null ? shards.subList(0, shards.size() - 1) : shards;
  }

  /** How many shards must have taken an item before its write is acknowledged. */
  public int copies() {
    return copies;
  }

  /**
   * The shards that are asked for the item: its homes, {@link #copies} of them, and behind them the
   * deputy that takes it while a home is away. Without copies the home has no deputy.
   */
  public List<Endpoint> candidates(Item item) {
    return heaviest(item, shards.size());
  }

  private List<Endpoint> heaviest(Item item, int ofFirst) {
    long key = hash(item.placementKey());
    int[] best = new int[candidates];
    long[] weights = new long[candidates];
    int count = 0;
    for (int i = 0; i < ofFirst; i++) {
      long weight = mixed(memberHashes[i] ^ key);
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
    return Arrays.stream(best).mapToObj(members::get).toList();
  }

  /** The shards where the item is looked for first. */
  public List<Endpoint> homes(Item item) {
    return candidates(item).subList(0, copies);
  }

  /** The shards that are to take the item: while one joins, its candidates with and without it. */
  public Targets targets(Item item) {
    List<Endpoint> now = candidates(item);
    if (joining == null) {
      return new Targets(now, now.subList(0, copies), List.of(now), copies);
    }
    List<Endpoint> then = heaviest(item, members.size());
    Set<Endpoint> homes = new LinkedHashSet<>(then.subList(0, copies));
    homes.addAll(now.subList(0, copies));
    Set<Endpoint> ranked = new LinkedHashSet<>(homes);
    ranked.addAll(then);
    ranked.addAll(now);
    return new Targets(List.copyOf(ranked), List.copyOf(homes), List.of(now, then), copies);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Placement placement
        && shards.equals(placement.shards)
        && Objects.equals(joining, placement.joining)
        && copies == placement.copies;
  }

  @Override
  public int hashCode() {
    return 31 * members.hashCode() + epoch();
  }

  /** As {@code 2 copies on [host:port, …]}. */
  @Override
  public String toString() {
    return copies
        + (copies == 1 ? " copy on " : " copies on ")
        + shards
        + (joining == null ? "" : ", joined by " + joining);
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
