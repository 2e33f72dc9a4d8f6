package build.sparrow.cas.segment;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.InvalidActionResultException;
import build.sparrow.cas.ListedActionCache;
import build.sparrow.cas.StoreUsage;
import build.sparrow.cas.disk.Disk;
import build.sparrow.cas.disk.StoreClock;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Action results in append-only segments, of bounded size. A result that is put again is appended
 * again, and the one before it is not found any more. What does not read as a result is a miss.
 */
public final class SegmentedActionCache implements ListedActionCache, AutoCloseable {
  /** The largest result that is kept; a larger one could not be sent either. */
  static final int MAX_RESULT_BYTES = CasLimits.MAX_BATCH_BYTES;

  private final SegmentStore store;
  private final Closeable upkeep;

  /**
   * @param upkeep ends before the store
   */
  SegmentedActionCache(SegmentStore store, Closeable upkeep) {
    this.store = store;
    this.upkeep = upkeep;
  }

  /**
   * Opens the cache in a folder that it has for itself, with what an earlier one left there.
   *
   * @param capacityBytes the most disk that it takes, at least 768 KiB
   * @throws IOException if the folder cannot be used, is in use by another store, or is of another
   *     format
   */
  public static SegmentedActionCache open(Path folder, long capacityBytes, Durability durability)
      throws IOException {
    SegmentStore store =
        SegmentStore.open(
            Disk.system(),
            folder,
            StoreClock.system(),
            new SegmentStore.Options(capacityBytes, Duration.ZERO, durability));
    return new SegmentedActionCache(store, Upkeep.start(store));
  }

  private static RecordKey key(ActionKey key) {
    BlobScope scope = BlobScope.of(key);
    return new RecordKey(RecordKind.RESULT, ScopeTag.of(scope), scope.function(), key.action());
  }

  @Override
  public Optional<ActionResult> get(ActionKey key) throws IOException {
    ByteString bytes = store.records().readResult(key(key));
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(ActionResult.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    ByteString bytes = result.toByteString();
    if (bytes.size() > MAX_RESULT_BYTES) {
      throw new InvalidActionResultException(
          "The result of action %s has %d bytes, at most %d are kept; refer to outputs by digest, instead of inlining them"
              .formatted(key, bytes.size(), MAX_RESULT_BYTES));
    }
    RecordKey recordKey = key(key);
    if (bytes.size() <= store.sizes().largeBytes()) {
      store
          .heads()
          .append(
              List.of(NewRecord.of(recordKey, store.hasher().key(recordKey), Codec.PLAIN, bytes)));
    } else {
      putLarge(recordKey, bytes);
    }
    store.acknowledge();
  }

  private void putLarge(RecordKey key, ByteString bytes) throws IOException {
    RecordSink sink = store.sink(key, bytes.size());
    try {
      sink.write(bytes.toByteArray(), 0, bytes.size());
      sink.commit();
      // What is put after this must come to lie further on.
      store.heads().small().close();
    } finally {
      sink.close();
    }
  }

  @Override
  public void list(Collection<BlobScope> scopes, BiConsumer<BlobScope, Digest> each)
      throws IOException {
    store.list(RecordKind.RESULT, scopes, each);
  }

  /** How full the cache is. */
  public StoreUsage usage() {
    return store.usage();
  }

  /** Has that run once the disk could not keep what was written; at once if that was so. */
  public void whenDiskFails(Runnable listener) {
    store.trust().whenLost(listener);
  }

  /** What only opening the cache anew can mend; empty while it is sound. */
  public Optional<String> fault() {
    return store.trust().fault();
  }

  /** Gives the folder free; calls that are under way may fail. */
  @Override
  public void close() throws IOException {
    try (store) {
      upkeep.close();
    }
  }
}
