package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.Optional;
import java.util.Set;

/** What a call hears. */
public sealed interface ReplicaEvent {
  /**
   * A shard answered {@link ReplicaEffect.Find} or {@link ReplicaEffect.Read}.
   *
   * @param asked the items that it was asked for
   * @param missing those of them that it does not hold
   * @param complete whether it holds all that it ever acknowledged, so that its word counts
   */
  record Found(Endpoint shard, Set<Item> asked, Set<Item> missing, boolean complete)
      implements ReplicaEvent {}

  /**
   * A shard answered {@link ReplicaEffect.LookUp}.
   *
   * @param stamp of the result that it holds, if it holds one
   * @param complete as in {@link Found}
   */
  record Looked(Endpoint shard, Optional<Stamp> stamp, boolean complete) implements ReplicaEvent {}

  /** A shard has done what it was asked for. */
  record Done(ReplicaEffect effect) implements ReplicaEvent {}

  /** A shard did not do it, or nobody knows whether it did. */
  record Failed(ReplicaEffect effect) implements ReplicaEvent {}

  /** So much time has passed that a healthy shard would have answered. */
  record Late() implements ReplicaEvent {}
}
