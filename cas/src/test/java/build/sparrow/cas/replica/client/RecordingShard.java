package build.sparrow.cas.replica.client;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A shard that answers pings and brings blobs back, and nothing else. */
final class RecordingShard implements Shard {
  volatile Optional<String> generation = Optional.of("one");
  volatile boolean isAway;
  volatile boolean hears = true;
  volatile Placement placement;
  final Set<Digest> tier = ConcurrentHashMap.newKeySet();
  final Set<Digest> askedToRestore = ConcurrentHashMap.newKeySet();

  RecordingShard(Placement placement) {
    this.placement = placement;
  }

  @Override
  public Optional<Status> status(Placement known) {
    if (hears && known.follows(placement)) {
      placement = known;
    }
    return generation.map(each -> new Status(each, Map.of(), Optional.of(placement)));
  }

  @Override
  public Set<Digest> restore(BlobScope scope, Collection<Digest> missing) throws IOException {
    askedToRestore.addAll(missing);
    if (isAway) {
      throw new StoreUnavailableException("away");
    }
    Set<Digest> restored = new HashSet<>(missing);
    restored.retainAll(tier);
    return restored;
  }

  @Override
  public BlobStore blobs() {
    throw new UnsupportedOperationException();
  }

  @Override
  public InputStream readUnverified(BlobScope scope, Digest digest, long offset, long limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Absent find(BlobScope scope, Collection<Digest> digests) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Entry lookUp(ActionKey key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void put(ActionKey key, ActionResult result) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void owe(Endpoint owed, Collection<Item> items) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(BlobScope scope, Digest digest, Endpoint to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void list(Endpoint other, Placement known, Part part) {
    throw new UnsupportedOperationException();
  }
}
