package build.sparrow.cas.replica.member;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;

/**
 * What a shard is told of the others.
 *
 * @param self the name under which all know it
 * @param placement of some time of the farm; the shard may have come to it later
 */
public record Membership(Endpoint self, Placement placement) {
  /** Throws IllegalArgumentException naming what is wrong. */
  public Membership {
    if (placement.copies() == 1 && !placement.shards().contains(self)) {
      throw new IllegalArgumentException(
          "address is %s, which is none of the shards %s; give the one that is this shard"
              .formatted(self, placement.shards()));
    }
  }
}
