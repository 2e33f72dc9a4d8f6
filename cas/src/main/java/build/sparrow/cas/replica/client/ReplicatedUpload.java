package build.sparrow.cas.replica.client;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.replica.call.Item;
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
    List<Endpoint> candidates = store.placement().candidates(new Item.Blob(scope, digest));
    Stream.concat(
            candidates.stream().filter(shard -> !suspects.contains(shard)),
            candidates.stream().filter(suspects::contains))
        .limit(store.placement().copies())
        .forEach(this::addLeg);
  }

  private void addLeg(Endpoint shard) {
    try {
      legs.add(new UploadLeg(shard, store.shards().get(shard).blobs().write(scope, digest)));
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
    Set<Endpoint> others = new HashSet<>(store.placement().shards());
    others.removeAll(takers);
    Endpoint source = takers.iterator().next();
    store.write(
        Set.of(new Item.Blob(scope, digest)),
        others,
        (shard, _) -> {
          if (!takers.contains(shard)) {
            store.shards().get(source).copy(scope, digest, shard);
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
    if (takers.isEmpty()) {
      throw failed(failure);
    }
    return takers;
  }

  @Override
  public void close() {
    legs.forEach(UploadLeg::close);
  }
}
