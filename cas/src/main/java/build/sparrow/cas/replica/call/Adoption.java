package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.HashMap;
import java.util.Map;

/**
 * Which placement a client goes by while the farm grows: the newest one that it has heard of, as
 * soon as nobody can decide anything by an older one any more. That is so when all but one of the
 * shards that the older ones counted refuse calls by them.
 */
public final class Adoption {
  private final Map<Endpoint, Integer> epochs = new HashMap<>();
  private Placement current;
  private Placement newest;

  /**
   * Begins.
   *
   * @param known the placement of some time of the farm
   */
  public Adoption(Placement known) {
    this.current = known;
    this.newest = known;
  }

  /** A shard said which placement it has; it goes back only if it lost its disk. */
  public void heard(Endpoint shard, Placement placement) {
    epochs.put(shard, placement.epoch());
    told(placement);
  }

  /** Somebody said which placement the farm is to have. */
  public void told(Placement placement) {
    if (placement.follows(newest)) {
      newest = placement;
    }
    if (newest.follows(current) && isOnlyOne()) {
      current = newest;
    }
  }

  private boolean isOnlyOne() {
    long there =
        newest.elders().stream()
            .filter(shard -> epochs.getOrDefault(shard, 0) >= newest.epoch())
            .count();
    return there >= newest.elders().size() - 1;
  }

  /** By which calls are made. */
  public Placement current() {
    return current;
  }

  /** Of which shards are to be told that have an older one. */
  public Placement newest() {
    return newest;
  }
}
