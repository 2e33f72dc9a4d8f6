package build.sparrow.cas.replica.call;

import build.sparrow.cas.replica.call.ReplicaEffect.Read;
import build.sparrow.cas.replica.call.ReplicaEvent.Done;
import build.sparrow.cas.replica.call.ReplicaEvent.Failed;
import build.sparrow.cas.replica.call.ReplicaEvent.Found;
import build.sparrow.cas.replica.call.ReplicaEvent.Late;
import build.sparrow.cas.replica.call.ReplicaEvent.Looked;
import build.sparrow.service.Endpoint;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads blobs: each from its first home, and from the next candidate if that does not hold it, does
 * not answer, or is late. Whether one that nobody gave is missing is not said here, but by a {@link
 * FindCall}.
 */
public final class ReadCall implements ReplicaCall {
  private final Map<Item, Search> searches = new LinkedHashMap<>();
  private int open;

  /** One blob that is looked for. */
  private static final class Search {
    private final Candidates candidates;
    private boolean settled;
    private boolean read;

    Search(Candidates candidates) {
      this.candidates = candidates;
    }
  }

  /**
   * A call.
   *
   * @param suspects shards that are asked only where nobody else is left
   */
  public ReadCall(Placement placement, Collection<? extends Item> blobs, Set<Endpoint> suspects) {
    for (Item blob : blobs) {
      searches.computeIfAbsent(
          blob, item -> new Search(new Candidates(placement.candidates(item), suspects)));
    }
    open = searches.size();
  }

  @Override
  public List<ReplicaEffect> begin() {
    return next(searches.keySet());
  }

  @Override
  public List<ReplicaEffect> on(ReplicaEvent event) {
    return switch (event) {
      case Found(_, var asked, var missing, _) -> answered(asked, missing);
      case Failed(Read(_, var items)) -> answered(items, items);
      case Late _ -> next(searches.keySet());
      case Failed _, Done _, Looked _ -> List.of();
    };
  }

  private List<ReplicaEffect> answered(Set<Item> asked, Set<Item> missing) {
    for (Item item : asked) {
      Search search = search(item);
      search.candidates.heard();
      if (!missing.contains(item)) {
        search.read = true;
        settle(search);
      }
    }
    return next(missing);
  }

  private List<ReplicaEffect> next(Set<Item> items) {
    Rounds round = new Rounds();
    for (Item item : items) {
      Search search = search(item);
      if (!search.settled) {
        search.candidates.next().ifPresent(shard -> round.add(shard, item));
        if (search.candidates.isExhausted()) {
          settle(search);
        }
      }
    }
    return round.effects(Read::new);
  }

  private void settle(Search search) {
    if (!search.settled) {
      search.settled = true;
      open--;
    }
  }

  private Search search(Item item) {
    return Objects.requireNonNull(searches.get(item));
  }

  @Override
  public boolean isOver() {
    return open == 0;
  }

  /** The blobs that nobody gave. */
  public Set<Item> unread() {
    Set<Item> unread = new LinkedHashSet<>();
    searches.forEach(
        (item, search) -> {
          if (!search.read) {
            unread.add(item);
          }
        });
    return unread;
  }
}
