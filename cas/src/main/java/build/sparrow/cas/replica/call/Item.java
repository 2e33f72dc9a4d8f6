package build.sparrow.cas.replica.call;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;

/** What is placed on shards: a blob, or the result of an action. */
public sealed interface Item {
  /** By which its shards are chosen. */
  String placementKey();

  /** A blob, of whatever instance: equal bytes lie together. */
  record Blob(BlobScope scope, Digest digest) implements Item {
    @Override
    public String placementKey() {
      return digest.hash();
    }
  }

  /** The result of an action. */
  record Result(ActionKey key) implements Item {
    @Override
    public String placementKey() {
      return key.action().hash();
    }
  }
}
