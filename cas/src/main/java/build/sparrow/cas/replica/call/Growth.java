package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes a storage from one epoch to the next. Nothing is remembered: what the shards say of
 * themselves is enough, and whoever takes a step twice has taken it once.
 */
public final class Growth {
  private Growth() {}

  /**
   * What a shard says of itself.
   *
   * @param complete whether its word counts
   */
  public record Standing(Placement placement, boolean complete) {}

  /**
   * The next epoch, if it may begin: the one in which the shard joins, or the one in which it has
   * joined. Before that all shards must have this one, and the word of each must count. Nothing
   * would be lost otherwise, but builds would wait if another shard went.
   *
   * @param newest placement of the farm
   * @param standings of all shards that answer
   * @param wanted all shards that the farm is to have, in the order in which they join: whoever
   *     decides must come to the same next epoch
   */
  public static Optional<Placement> next(
      Placement newest, Map<Endpoint, Standing> standings, List<Endpoint> wanted) {
    if (!newest.members().stream().allMatch(shard -> isSettled(newest, standings.get(shard)))) {
      return Optional.empty();
    }
    if (newest.joining().isPresent()) {
      return Optional.of(newest.joined());
    }
    int there = newest.shards().size();
    return wanted.size() > there && wanted.subList(0, there).equals(newest.shards())
        ? Optional.of(newest.joinedBy(wanted.get(there)))
        : Optional.empty();
  }

  private static boolean isSettled(Placement newest, @Nullable Standing standing) {
    return standing != null && standing.placement().equals(newest) && standing.complete();
  }
}
