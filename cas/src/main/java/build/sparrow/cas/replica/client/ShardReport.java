package build.sparrow.cas.replica.client;

import build.sparrow.service.Endpoint;
import build.sparrow.storage.v1.InspectShardResponse;

/** What came of asking a shard how it stands. */
public sealed interface ShardReport {
  /** Who was asked. */
  Endpoint shard();

  /** It answered. */
  record Answered(Endpoint shard, InspectShardResponse answer) implements ShardReport {}

  /**
   * It did not.
   *
   * @param reason for people
   */
  record Silent(Endpoint shard, String reason) implements ShardReport {}
}
