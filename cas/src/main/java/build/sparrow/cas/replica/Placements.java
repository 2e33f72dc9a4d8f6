package build.sparrow.cas.replica;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import java.util.List;

/** Placements as messages. Those of one farm all have as many copies. */
public final class Placements {
  private Placements() {}

  /** The message of a placement. */
  public static build.sparrow.storage.v1.Placement toProto(Placement placement) {
    var proto = build.sparrow.storage.v1.Placement.newBuilder();
    placement.shards().forEach(shard -> proto.addShards(shard.toString()));
    placement.joining().ifPresent(shard -> proto.setJoining(shard.toString()));
    return proto.build();
  }

  /**
   * The placement of a message.
   *
   * @throws IllegalArgumentException if it is none that has as many copies
   */
  public static Placement parse(build.sparrow.storage.v1.Placement proto, int copies) {
    List<Endpoint> shards = proto.getShardsList().stream().map(Endpoint::parse).toList();
    Placement placement = new Placement(shards, copies);
    return proto.getJoining().isEmpty()
        ? placement
        : placement.joinedBy(Endpoint.parse(proto.getJoining()));
  }
}
