package build.sparrow.cas.replica.member;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Brings items from one store to another that lacks them, at a bounded pace. */
final class Courier {
  private static final int SMALL_BLOB_BYTES = 1 << 20;

  private final BlobStore blobs;
  private final ActionCache results;
  private final Pace pace;
  private final LongAdder movedItems = new LongAdder();
  private final LongAdder movedBytes = new LongAdder();

  /** A courier from these stores. */
  Courier(BlobStore blobs, ActionCache results, Pace pace) {
    this.blobs = blobs;
    this.results = results;
    this.pace = pace;
  }

  /** Brings what the shard lacks; what is no longer held here is left out. */
  void bring(Collection<Item> items, Shard shard) throws IOException, InterruptedException {
    Map<BlobScope, List<Digest>> byScope = new LinkedHashMap<>();
    for (Item item : items) {
      switch (item) {
        case Item.Blob(var scope, var digest) ->
            byScope.computeIfAbsent(scope, _ -> new ArrayList<>()).add(digest);
        case Item.Result(var key) -> bring(key, shard);
      }
    }
    for (Map.Entry<BlobScope, List<Digest>> part : byScope.entrySet()) {
      BlobScope scope = part.getKey();
      move(blobs, scope, shard.find(scope, part.getValue()).missing(), shard.blobs());
    }
  }

  private void bring(ActionKey key, Shard shard) throws IOException {
    var result = results.get(key);
    if (result.isPresent()) {
      shard.put(key, result.get());
      moved(1, result.get().getSerializedSize());
    }
  }

  /** Fetches a result from the shard, if that has it; of two, the later is kept here. */
  void fetch(ActionKey key, Shard shard) throws IOException, InterruptedException {
    Optional<ActionResult> result = shard.lookUp(key).result();
    if (result.isPresent()) {
      pace.take(result.get().getSerializedSize());
      results.put(key, result.get());
      moved(1, result.get().getSerializedSize());
    }
  }

  /** Moves blobs that the target lacks; what the source does not hold is left out. */
  void move(BlobStore source, BlobScope scope, Collection<Digest> digests, BlobStore target)
      throws IOException, InterruptedException {
    List<Digest> batch = new ArrayList<>();
    long batchBytes = 0;
    for (Digest digest : digests) {
      pace.take(digest.sizeBytes());
      if (digest.sizeBytes() > SMALL_BLOB_BYTES) {
        moveLarge(source, scope, digest, target);
        continue;
      }
      if (batchBytes + digest.sizeBytes() > CasLimits.MAX_BATCH_BYTES) {
        moveSmall(source, scope, batch, target);
        batch.clear();
        batchBytes = 0;
      }
      batch.add(digest);
      batchBytes += digest.sizeBytes();
    }
    if (!batch.isEmpty()) {
      moveSmall(source, scope, batch, target);
    }
  }

  private void moveSmall(BlobStore source, BlobScope scope, List<Digest> batch, BlobStore target)
      throws IOException {
    Map<Digest, ByteString> held = source.readAll(scope, batch);
    target.writeAll(scope, held);
    moved(held.size(), held.keySet().stream().mapToLong(Digest::sizeBytes).sum());
  }

  private void moveLarge(BlobStore source, BlobScope scope, Digest digest, BlobStore target)
      throws IOException {
    try {
      target.writeFrom(scope, digest, () -> source.read(scope, digest, 0, 0));
      moved(1, digest.sizeBytes());
    } catch (BlobMissingException _) {
      // Evicted since, or found corrupt: there is nothing to bring.
      return;
    }
  }

  private void moved(int items, long bytes) {
    movedItems.add(items);
    movedBytes.add(bytes);
  }

  /** Items that were moved, either way. */
  long movedItems() {
    return movedItems.sum();
  }

  /** The bytes of these. */
  long movedBytes() {
    return movedBytes.sum();
  }
}
