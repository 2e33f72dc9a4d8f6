package build.sparrow.cas.replica.member;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import java.util.List;

/**
 * What a shard knows of the others.
 *
 * @param self the name under which all know it, one of the placement's
 */
public record Membership(Endpoint self, Placement placement) {
  /** Throws IllegalArgumentException naming what is wrong. */
  public Membership {
    if (!placement.shards().contains(self)) {
      throw new IllegalArgumentException(
          "address is %s, which is none of the shards %s; give the one that is this shard"
              .formatted(self, placement.shards()));
    }
  }

  /** The others. */
  List<Endpoint> peers() {
    return placement.shards().stream().filter(shard -> !shard.equals(self)).toList();
  }
}
