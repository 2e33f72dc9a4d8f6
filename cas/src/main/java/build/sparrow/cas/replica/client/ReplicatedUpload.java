package build.sparrow.cas.replica.client;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.client.Shards.View;
import build.sparrow.reapi.Digest;
import build.sparrow.service.Endpoint;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A large upload, sent to both homes as it comes. A shard that breaks off is left behind, and when
 * the other one has the blob another shard gets it from that one.
 */
final class ReplicatedUpload extends BlobUpload {
  private final ReplicatedBlobStore store;
  private final BlobScope scope;
  private final Digest digest;
  private final List<UploadLeg> legs = new ArrayList<>();
  private final Map<Endpoint, String> before;
  private long takenBytes;

  ReplicatedUpload(ReplicatedBlobStore store, BlobScope scope, Digest digest) {
    this.store = store;
    this.scope = scope;
    this.digest = digest;
    this.before = store.shards().generations();
    Set<Endpoint> suspects = store.shards().suspects();
    View view = store.shards().now();
    List<Endpoint> candidates = view.placement().candidates(new Item.Blob(scope, digest));
    Stream.concat(
            candidates.stream().filter(shard -> !suspects.contains(shard)),
            candidates.stream().filter(suspects::contains))
        .limit(view.placement().copies())
        .forEach(shard -> addLeg(view, shard));
  }

  private void addLeg(View view, Endpoint shard) {
    try {
      legs.add(new UploadLeg(shard, view.get(shard).blobs().write(scope, digest)));
    } catch (IOException e) {
      throw new IllegalStateException("A remote store opens uploads without asking", e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    write(ByteString.copyFrom(bytes, offset, length));
  }

  @Override
  public void write(ByteString bytes) throws IOException {
    if (bytes.isEmpty()) {
      return;
    }
    if (bytes.size() > digest.sizeBytes() - takenBytes) {
      throw DigestMismatchException.tooLong(digest);
    }
    takenBytes += bytes.size();
    try {
      for (UploadLeg leg : legs) {
        leg.send(bytes);
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    @Nullable IOException failure = null;
    for (UploadLeg leg : legs) {
      if (leg.failure() == null) {
        return;
      }
      failure = leg.failure();
    }
    throw failed(failure);
  }

  private IOException failed(@Nullable IOException failure) {
    return failure == null
        ? new StoreUnavailableException("No shard took blob " + digest)
        : failure;
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("Interrupted in Write");
  }

  @Override
  public boolean alreadyStored() {
    return legs.stream().allMatch(leg -> leg.failure() != null || leg.isAlreadyStored())
        && legs.stream().anyMatch(leg -> leg.failure() == null);
  }

  @Override
  public void commit() throws IOException {
    if (takenBytes < digest.sizeBytes() && !alreadyStored()) {
      throw DigestMismatchException.tooShort(takenBytes, digest);
    }
    Set<Endpoint> takers = takers();
    Set<Endpoint> others = new HashSet<>(store.shards().newest().members());
    others.removeAll(takers);
    Endpoint source = takers.iterator().next();
    store.write(
        Set.of(new Item.Blob(scope, digest)),
        others,
        (view, shard, _) -> {
          if (!takers.contains(shard)) {
            view.get(source).copy(scope, digest, shard);
          }
        },
        "Write");
  }

  private Set<Endpoint> takers() throws IOException {
    Set<Endpoint> takers = new HashSet<>();
    @Nullable IOException failure = null;
    try {
      for (UploadLeg leg : legs) {
        leg.finish();
      }
      for (UploadLeg leg : legs) {
        if (leg.awaitCommit() && !store.shards().mayHaveLost(leg.shard(), before)) {
          takers.add(leg.shard());
        } else {
          failure = leg.failure();
        }
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    if (failure instanceof DigestMismatchException mismatch) {
      throw mismatch;
    }
    return takers.isEmpty() ? holders(failed(failure)) : takers;
  }

  /**
   * Those that have the blob although they said that they did not take it, as they do when the farm
   * grows during an upload.
   */
  private Set<Endpoint> holders(IOException failure) throws IOException {
    Perseverance perseverance = new Perseverance("Write", System::nanoTime);
    while (true) {
      View view = store.shards().now();
      Set<Endpoint> holders = new HashSet<>();
      boolean allAnswer = true;
      for (UploadLeg leg : legs) {
        try {
          if (view.get(leg.shard()).find(scope, Set.of(digest)).missing().isEmpty()) {
            holders.add(leg.shard());
          }
        } catch (StoreUnavailableException _) {
          allAnswer = false;
        }
      }
      if (!holders.isEmpty()) {
        return holders;
      }
      if (allAnswer) {
        throw failure;
      }
      perseverance.pauseOrThrow(failure);
    }
  }

  @Override
  public void close() {
    legs.forEach(UploadLeg::close);
  }
}
