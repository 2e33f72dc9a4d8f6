package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a shard whose disk may lack something fetches of what another one holds: whatever makes two
 * of each blob's candidates hold it again, as they did when it was acknowledged.
 *
 * @param self the shard that catches up
 */
public record CatchUpPlan(Placement placement, Endpoint self) {
  /** The blobs that belong here. */
  public Set<Item> ownAmong(Collection<Item> lacking) {
    Set<Item> own = new LinkedHashSet<>();
    for (Item item : lacking) {
      if (placement.homes(item).contains(self)) {
        own.add(item);
      }
    }
    return own;
  }

  /**
   * The blobs that the shard may have taken as a deputy, by the home that may still lack them: if
   * that one does not say that it holds it, the blob is fetched here and that one is owed it.
   *
   * @param holder who holds all of them
   */
  public Map<Endpoint, Set<Item>> doubtful(Collection<Item> lacking, Endpoint holder) {
    Map<Endpoint, Set<Item>> byHome = new LinkedHashMap<>();
    for (Item item : lacking) {
      if (!placement.candidates(item).contains(self) || placement.homes(item).contains(self)) {
        continue;
      }
      for (Endpoint home : placement.homes(item)) {
        if (!home.equals(holder)) {
          byHome.computeIfAbsent(home, _ -> new LinkedHashSet<>()).add(item);
        }
      }
    }
    return byHome;
  }
}
