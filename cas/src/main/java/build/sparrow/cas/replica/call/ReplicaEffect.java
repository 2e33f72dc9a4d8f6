package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.Set;

/**
 * What a call wants done. Whoever does it says how it ended, by an event, whether the call is still
 * going on or not.
 */
public sealed interface ReplicaEffect {
  /** Who is asked to do it. */
  Endpoint shard();

  /** What it is about. */
  Set<Item> items();

  /** Ask which of the blobs the shard misses: {@link ReplicaEvent.Found}. */
  record Find(Endpoint shard, Set<Item> items) implements ReplicaEffect {}

  /** Read from the shard what it holds of the blobs: {@link ReplicaEvent.Found}. */
  record Read(Endpoint shard, Set<Item> items) implements ReplicaEffect {}

  /** Look up the one result: {@link ReplicaEvent.Looked}. */
  record LookUp(Endpoint shard, Set<Item> items) implements ReplicaEffect {}

  /** Store the items there: {@link ReplicaEvent.Done}. */
  record Store(Endpoint shard, Set<Item> items) implements ReplicaEffect {}

  /**
   * Make the shard owe another one the items that it holds: {@link ReplicaEvent.Done}.
   *
   * @param owed who is to get them
   */
  record Owe(Endpoint shard, Endpoint owed, Set<Item> items) implements ReplicaEffect {}
}
