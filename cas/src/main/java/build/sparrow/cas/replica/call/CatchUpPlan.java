package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a shard whose disk may lack something fetches of what another one holds: whatever makes two
 * of each blob's candidates hold it again, as they did when it was acknowledged.
 *
 * @param self the shard that catches up
 */
public record CatchUpPlan(Placement placement, Endpoint self) {
  /** The blobs that belong here, and the results that may be asked for here. */
  public Set<Item> ownAmong(Collection<Item> lacking) {
    Set<Item> own = new LinkedHashSet<>();
    for (Item item : lacking) {
      Placement.Targets targets = placement.targets(item);
      List<Endpoint> where =
          switch (item) {
            case Item.Blob _ -> targets.homes();
            case Item.Result _ -> targets.ranked();
          };
      if (where.contains(self)) {
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
      Placement.Targets targets = placement.targets(item);
      if (item instanceof Item.Result
          || !targets.ranked().contains(self)
          || targets.homes().contains(self)) {
        continue;
      }
      for (Endpoint home : targets.homes()) {
        if (!home.equals(holder)) {
          byHome.computeIfAbsent(home, _ -> new LinkedHashSet<>()).add(item);
        }
      }
    }
    return byHome;
  }
}
