package build.sparrow.cas.replica;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One shard of several. Nothing is tried twice: who asks has other shards to ask. Safe for many
 * threads; the methods block, and throw {@link build.sparrow.cas.StoreUnavailableException} if the
 * shard does not answer.
 */
public interface Shard {
  /**
   * What a shard does not hold of what it was asked for.
   *
   * @param complete whether it holds all that it ever acknowledged, so that its word counts
   */
  record Absent(Set<Digest> missing, boolean complete) {}

  /**
   * What a shard knows of an action's result.
   *
   * @param complete as in {@link Absent}
   */
  record Entry(Optional<ActionResult> result, boolean complete) {}

  /** The blobs that it holds. */
  BlobStore blobs();

  /** As {@link BlobStore#read}, but nobody has compared the bytes with the digest. */
  InputStream readUnverified(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException;

  /** Which of the digests it does not hold; renews the lease of the others. */
  Absent find(BlobScope scope, Collection<Digest> digests) throws IOException;

  /** The result as it is kept. */
  Entry lookUp(ActionKey key) throws IOException;

  /** Keeps a result, unless it has one with a later stamp. */
  void put(ActionKey key, ActionResult result) throws IOException;

  /**
   * Makes it bring items that it holds to another shard, as soon as that answers.
   *
   * @throws StoreFullException if it owes that one too much already
   */
  void owe(Endpoint owed, Collection<Item> items) throws IOException;

  /**
   * Makes it bring a blob to another shard, which has it when this returns.
   *
   * @throws BlobMissingException if it does not hold it itself
   */
  void copy(BlobScope scope, Digest digest, Endpoint to) throws IOException;

  /**
   * Makes it bring blobs back from its tier.
   *
   * @return those that it holds now
   */
  Set<Digest> restore(BlobScope scope, Collection<Digest> missing) throws IOException;

  /** Takes a part of a list. */
  @FunctionalInterface
  interface Part {
    void take(Collection<Item> items) throws IOException;
  }

  /**
   * Hands over all blobs and results that it holds and another one may be asked for, part by part.
   * It has that placement by then, or a later one.
   */
  void list(Endpoint other, Placement placement, Part part) throws IOException;

  /**
   * How a shard stands.
   *
   * @param generation drawn anew whenever it may have lost what it had acknowledged
   * @param debts how many items it owes whom
   * @param placement that it has; empty while it is not sure
   */
  record Status(String generation, Map<Endpoint, Long> debts, Optional<Placement> placement) {}

  /**
   * How it stands; empty if it does not answer within a second.
   *
   * @param known a placement that it takes over if that is later than its own
   */
  Optional<Status> status(Placement known);
}
