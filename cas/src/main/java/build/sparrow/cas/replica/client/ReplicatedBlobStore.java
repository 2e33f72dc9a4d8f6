package build.sparrow.cas.replica.client;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobSource;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.client.BufferedUpload;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.FindCall;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.ReadCall;
import build.sparrow.cas.replica.call.ReplicaEffect;
import build.sparrow.cas.replica.call.ReplicaEffect.Find;
import build.sparrow.cas.replica.call.ReplicaEffect.LookUp;
import build.sparrow.cas.replica.call.ReplicaEffect.Owe;
import build.sparrow.cas.replica.call.ReplicaEffect.Read;
import build.sparrow.cas.replica.call.ReplicaEffect.Store;
import build.sparrow.cas.replica.call.ReplicaEvent;
import build.sparrow.cas.replica.call.WriteCall;
import build.sparrow.cas.replica.client.Shards.View;
import build.sparrow.reapi.Digest;
import build.sparrow.service.Endpoint;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Blobs that lie on several shards, at two homes each. */
final class ReplicatedBlobStore implements BlobStore {
  /** Up to here an upload is held in memory until it is complete, so that it can be repeated. */
  static final int SMALL_BLOB_BYTES = 1 << 20;

  static final Duration READ_PATIENCE = Duration.ofMillis(50);

  private static final Duration FIND_PATIENCE = Duration.ofMillis(100);
  private static final Duration WRITE_PATIENCE = Duration.ofSeconds(1);

  /** Slower than any disk worth having. */
  private static final long SLOWEST_BYTES_PER_MILLI = 8_192;

  private final Shards shards;

  ReplicatedBlobStore(Shards shards) {
    this.shards = shards;
  }

  private static List<Item.Blob> items(BlobScope scope, Collection<Digest> digests) {
    return digests.stream()
        .filter(digest -> !digest.isEmpty())
        .map(digest -> new Item.Blob(scope, digest))
        .toList();
  }

  static Set<Digest> digests(Collection<Item> items) {
    Set<Digest> digests = LinkedHashSet.newLinkedHashSet(items.size());
    for (Item item : items) {
      digests.add(((Item.Blob) item).digest());
    }
    return digests;
  }

  static Set<Item> select(Set<Item> items, Predicate<Digest> which) {
    Set<Item> selected = new HashSet<>();
    for (Item item : items) {
      if (which.test(((Item.Blob) item).digest())) {
        selected.add(item);
      }
    }
    return selected;
  }

  @Override
  public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) throws IOException {
    Set<Digest> missing = new HashSet<>();
    List<Item.Blob> items = items(scope, digests);
    for (int from = 0; from < items.size(); from += CasLimits.MAX_QUERY_DIGESTS) {
      int to = Math.min(items.size(), from + CasLimits.MAX_QUERY_DIGESTS);
      findMissing(scope, items.subList(from, to), missing);
    }
    return missing;
  }

  private void findMissing(BlobScope scope, Collection<? extends Item> items, Set<Digest> missing)
      throws IOException {
    Perseverance perseverance = new Perseverance("FindMissingBlobs", System::nanoTime);
    Collection<? extends Item> open = items;
    Set<Item> doubtedBefore = Set.of();
    int epochBefore = 0;
    while (!open.isEmpty()) {
      View view = shards.now();
      FindCall call = new FindCall(view.placement(), open, shards.suspects());
      IOException failure =
          Conversation.hold(call, shards, FIND_PATIENCE, effect -> find(view, scope, effect));
      missing.addAll(digests(call.missing()));
      Set<Item> doubted = call.doubted();
      Set<Item> left = new LinkedHashSet<>(call.unknown());
      for (Item item : doubted) {
        if (doubtedBefore.contains(item) && epochBefore == view.placement().epoch()) {
          missing.add(((Item.Blob) item).digest());
        } else {
          left.add(item);
        }
      }
      if (!call.unknown().isEmpty()) {
        perseverance.pauseOrThrow(failure);
      }
      doubtedBefore = doubted;
      epochBefore = view.placement().epoch();
      open = left;
    }
  }

  private static ReplicaEvent find(View view, BlobScope scope, ReplicaEffect effect)
      throws IOException {
    return switch (effect) {
      case Find(var name, var asked) -> {
        Shard.Absent absent = view.get(name).find(scope, digests(asked));
        yield new ReplicaEvent.Found(
            name, asked, select(asked, absent.missing()::contains), absent.complete());
      }
      case Owe(var name, var owed, var items) -> {
        view.get(name).owe(owed, items);
        yield new ReplicaEvent.Done(effect);
      }
      case Read _, LookUp _, Store _ -> throw unwanted(effect);
    };
  }

  private static IllegalArgumentException unwanted(ReplicaEffect effect) {
    return new IllegalArgumentException("This call wants no " + effect);
  }

  /**
   * Of what was not read: what is there nevertheless, or may be, after a pause; the rest is
   * missing.
   */
  private Set<Item> stillThere(
      BlobScope scope, Set<Item> unread, @Nullable IOException failure, Perseverance perseverance)
      throws IOException {
    if (unread.isEmpty()) {
      return unread;
    }
    Set<Digest> missing = new HashSet<>();
    findMissing(scope, unread, missing);
    Set<Item> there = select(unread, digest -> !missing.contains(digest));
    if (!there.isEmpty()) {
      perseverance.pauseOrThrow(failure);
    }
    return there;
  }

  @Override
  public Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    CasLimits.checkSmall(digests);
    Map<Digest, ByteString> blobs = new ConcurrentHashMap<>();
    digests.stream().filter(Digest::isEmpty).forEach(empty -> blobs.put(empty, ByteString.EMPTY));
    Perseverance perseverance = new Perseverance("BatchReadBlobs", System::nanoTime);
    Set<Item> open = new LinkedHashSet<>(items(scope, digests));
    while (!open.isEmpty()) {
      View view = shards.now();
      ReadCall call = new ReadCall(view.placement(), open, shards.suspects());
      IOException failure =
          Conversation.hold(
              call,
              shards,
              READ_PATIENCE,
              effect -> {
                Map<Digest, ByteString> read =
                    view.get(effect.shard()).blobs().readAll(scope, digests(effect.items()));
                blobs.putAll(read);
                return new ReplicaEvent.Found(
                    effect.shard(),
                    effect.items(),
                    select(effect.items(), digest -> !read.containsKey(digest)),
                    false);
              });
      open = stillThere(scope, call.unread(), failure, perseverance);
    }
    return Map.copyOf(blobs);
  }

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    long available = digest.sizeBytes() - offset;
    if (offset < 0 || available < 0 || limit < 0) {
      throw new IllegalArgumentException(
          "Offset %d and limit %d are not within blob %s".formatted(offset, limit, digest));
    }
    long length = limit == 0 ? available : Math.min(limit, available);
    if (length == 0) {
      return InputStream.nullInputStream();
    }
    if (length == digest.sizeBytes() && length <= CasLimits.CHUNK_BYTES) {
      ByteString blob = readAll(scope, List.of(digest)).get(digest);
      if (blob == null) {
        throw new BlobMissingException(digest);
      }
      return blob.newInput();
    }
    return ReplicatedInput.open(this, scope, digest, offset, length);
  }

  /** Opens a part of a blob at whatever shard gives it first. */
  InputStream open(BlobScope scope, Digest digest, long offset, long length) throws IOException {
    Perseverance perseverance = new Perseverance("Read", System::nanoTime);
    Set<Item> open = Set.of(new Item.Blob(scope, digest));
    while (!open.isEmpty()) {
      View view = shards.now();
      ReadCall call = new ReadCall(view.placement(), open, shards.suspects());
      FirstStream first = new FirstStream();
      IOException failure =
          Conversation.hold(
              call,
              shards,
              READ_PATIENCE,
              effect -> {
                boolean opened =
                    first.offer(
                        () ->
                            view.get(effect.shard()).readUnverified(scope, digest, offset, length));
                return new ReplicaEvent.Found(
                    effect.shard(), effect.items(), opened ? Set.of() : effect.items(), false);
              });
      InputStream stream = first.take();
      if (stream != null) {
        return stream;
      }
      open = stillThere(scope, call.unread(), failure, perseverance);
    }
    throw new BlobMissingException(digest);
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) {
    return digest.sizeBytes() <= SMALL_BLOB_BYTES
        ? new BufferedUpload(this, scope, digest)
        : new ReplicatedUpload(this, scope, digest);
  }

  @Override
  public void writeFrom(BlobScope scope, Digest digest, BlobSource source) throws IOException {
    if (digest.sizeBytes() <= SMALL_BLOB_BYTES) {
      BlobStore.super.writeFrom(scope, digest, source);
      return;
    }
    Shardwise store = (view, shard, _) -> view.get(shard).blobs().writeFrom(scope, digest, source);
    write(Set.of(new Item.Blob(scope, digest)), shards.suspects(), store, "Write");
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    CasLimits.checkSmall(blobs.keySet());
    for (Map.Entry<Digest, ByteString> blob : blobs.entrySet()) {
      if (blob.getValue().size() != blob.getKey().sizeBytes()) {
        Digest actual = scope.function().digestOf(blob.getValue());
        throw DigestMismatchException.of(scope.function(), actual, blob.getKey());
      }
    }
    Shardwise store =
        (view, shard, digests) -> {
          Map<Digest, ByteString> part = new HashMap<>();
          digests.forEach(digest -> part.put(digest, Objects.requireNonNull(blobs.get(digest))));
          view.get(shard).blobs().writeAll(scope, part);
        };
    write(
        new LinkedHashSet<>(items(scope, blobs.keySet())),
        shards.suspects(),
        store,
        "BatchUpdateBlobs");
  }

  /** Stores blobs at one shard. */
  @FunctionalInterface
  interface Shardwise {
    void store(View view, Endpoint shard, Set<Digest> digests) throws IOException;
  }

  /**
   * Stores blobs at as many shards as they should have copies.
   *
   * @param suspects that get a blob only where nobody else is left
   */
  void write(Set<Item> blobs, Set<Endpoint> suspects, Shardwise store, String what)
      throws IOException {
    Perseverance perseverance = new Perseverance(what, System::nanoTime);
    Set<Item> open = blobs;
    Set<Endpoint> last = suspects;
    while (!open.isEmpty()) {
      View view = shards.now();
      WriteCall call = new WriteCall(view.placement(), open, last);
      Map<Endpoint, String> before = shards.generations();
      IOException failure =
          Conversation.hold(
              call,
              shards,
              patience(open),
              effect -> {
                switch (effect) {
                  case Store(var shard, var items) -> store.store(view, shard, digests(items));
                  case Owe(var shard, var owed, var items) -> view.get(shard).owe(owed, items);
                  case Find _, Read _, LookUp _ -> throw unwanted(effect);
                }
                return new ReplicaEvent.Done(effect);
              });
      boolean lost = call.takers().stream().anyMatch(shard -> shards.mayHaveLost(shard, before));
      open = lost ? open : call.unwritten();
      if (!open.isEmpty()) {
        perseverance.pauseOrThrow(failure);
        last = shards.suspects();
      }
    }
  }

  private static Duration patience(Set<Item> blobs) {
    long bytes = blobs.stream().mapToLong(item -> ((Item.Blob) item).digest().sizeBytes()).sum();
    return WRITE_PATIENCE.plusMillis(bytes / SLOWEST_BYTES_PER_MILLI);
  }

  Shards shards() {
    return shards;
  }
}
