package build.sparrow.cas.segment;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.EncodedBlob;
import build.sparrow.cas.ListedBlobStore;
import build.sparrow.cas.StoreUsage;
import build.sparrow.cas.disk.Disk;
import build.sparrow.cas.disk.StoreClock;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Blobs in append-only segments, of bounded size.
 *
 * <p>A blob is hashed while it streams in and is found only once it is whole and what its digest
 * says. A process that dies loses nothing that it had stored; what a power cut may take is for
 * {@link Durability} to say. Whatever is read, whole or in part, is checked against checksums
 * first; a blob that does not pass is missing from then on.
 *
 * <p>When the capacity is reached, the oldest segment goes, but for what is leased or was used
 * since; if too much is leased for that, the write fails, and readers lose nothing.
 */
public final class SegmentedBlobStore implements ListedBlobStore, Closeable {
  // As many as a processor keeps at hand, and a long has bits.
  private static final int LOOKED_UP_AT_ONCE = 64;

  private final SegmentStore store;
  private final Closeable upkeep;

  /**
   * @param upkeep ends before the store
   */
  SegmentedBlobStore(SegmentStore store, Closeable upkeep) {
    this.store = store;
    this.upkeep = upkeep;
  }

  /**
   * Opens the store in a folder that it has for itself, with what an earlier one left there.
   *
   * @param capacityBytes the most disk that it takes, at least 768 KiB
   * @throws IOException if the folder cannot be used, is in use by another store, or is of another
   *     format
   */
  public static SegmentedBlobStore open(
      Path folder, long capacityBytes, Duration lease, Durability durability) throws IOException {
    SegmentStore store =
        SegmentStore.open(
            Disk.system(),
            folder,
            StoreClock.system(),
            new SegmentStore.Options(capacityBytes, lease, durability));
    return new SegmentedBlobStore(store, Upkeep.start(store));
  }

  @Override
  public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) {
    ScopeTag tag = ScopeTag.of(scope);
    KeyHasher hasher = store.hasher();
    Records records = store.records();
    int now = store.now();
    Set<Digest> missing = new HashSet<>();
    List<Sought> some = new ArrayList<>(LOOKED_UP_AT_ONCE);
    Iterator<Digest> rest = digests.iterator();
    while (rest.hasNext()) {
      some.clear();
      while (rest.hasNext() && some.size() < LOOKED_UP_AT_ONCE) {
        Digest digest = rest.next();
        IndexKey key = hasher.key(RecordKind.BLOB, tag, digest);
        some.add(new Sought(digest, key));
      }
      // In a loop of its own, so short that a processor waits for many of them at a time.
      long mayBeHeld = 0;
      for (int i = 0; i < some.size(); i++) {
        mayBeHeld |= records.mayHold(some.get(i).key()) ? 1L << i : 0;
      }
      for (int i = 0; i < some.size(); i++) {
        Sought one = some.get(i);
        boolean isHeld = (mayBeHeld >>> i & 1) != 0 && records.use(one.key(), now) != 0;
        if (!isHeld && !one.digest().isEmpty()) {
          missing.add(one.digest());
        }
      }
    }
    return missing;
  }

  private record Sought(Digest digest, IndexKey key) {}

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    long available = digest.sizeBytes() - offset;
    if (offset < 0 || available < 0 || limit < 0) {
      throw new IllegalArgumentException(
          "Offset %d and limit %d are not within blob %s".formatted(offset, limit, digest));
    }
    if (digest.isEmpty()) {
      return InputStream.nullInputStream();
    }
    long length = limit == 0 ? available : Math.min(limit, available);
    RecordInput record = RecordInput.open(store.records(), RecordKey.blob(scope, digest));
    try {
      return switch (record.codec()) {
        case PLAIN -> {
          record.limit(offset, offset + length);
          yield record;
        }
        case ZSTD -> DecodedInput.open(record, store.zstd(), digest.sizeBytes(), offset, length);
      };
    } catch (IOException | RuntimeException e) {
      record.close();
      throw e;
    }
  }

  @Override
  public InputStream readZstd(BlobScope scope, Digest digest, long offset, ZstdCodec zstd)
      throws IOException {
    if (offset > 0 || digest.isEmpty()) {
      return ListedBlobStore.super.readZstd(scope, digest, offset, zstd);
    }
    RecordInput record = RecordInput.open(store.records(), RecordKey.blob(scope, digest));
    return switch (record.codec()) {
      case PLAIN -> zstd.compressing(record, digest.sizeBytes());
      case ZSTD -> record;
    };
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
    RecordKey key = RecordKey.blob(scope, digest);
    store.checkFits(key, digest.sizeBytes());
    return new SegmentUpload(store, key);
  }

  @Override
  public BlobUpload writeZstd(BlobScope scope, Digest digest, ZstdCodec zstd) throws IOException {
    RecordKey key = RecordKey.blob(scope, digest);
    store.checkFits(key, digest.sizeBytes());
    return new FramesUpload(store, key, zstd);
  }

  @Override
  public Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    return readAll(scope, digests, ByteString.EMPTY, store.records()::readBlob);
  }

  @Override
  public Map<Digest, EncodedBlob> readAllEncoded(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    EncodedBlob empty = new EncodedBlob(Compressor.IDENTITY, ByteString.EMPTY);
    return readAll(scope, digests, empty, this::readEncoded);
  }

  private @Nullable EncodedBlob readEncoded(RecordKey key) throws IOException {
    Records.Stored stored = store.records().readStored(key);
    if (stored == null) {
      return null;
    }
    return switch (stored.codec()) {
      case PLAIN -> new EncodedBlob(Compressor.IDENTITY, stored.bytes());
      case ZSTD -> new EncodedBlob(Compressor.ZSTD, stored.bytes());
    };
  }

  /** Reads one blob; null if it is not held. */
  @FunctionalInterface
  private interface Reader<T> {
    @Nullable T read(RecordKey key) throws IOException;
  }

  private static <T> Map<Digest, T> readAll(
      BlobScope scope, Collection<Digest> digests, T empty, Reader<T> reader) throws IOException {
    CasLimits.checkSmall(digests);
    Map<Digest, T> blobs = HashMap.newHashMap(digests.size());
    ScopeTag tag = ScopeTag.of(scope);
    for (Digest digest : digests) {
      if (digest.isEmpty()) {
        blobs.put(digest, empty);
      } else if (!blobs.containsKey(digest)) {
        T blob = reader.read(new RecordKey(RecordKind.BLOB, tag, scope.function(), digest));
        if (blob != null) {
          blobs.put(digest, blob);
        }
      }
    }
    return blobs;
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    writeAll(scope, blobs, Map.of());
  }

  @Override
  public void writeAll(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames)
      throws IOException {
    CasLimits.checkSmall(blobs.keySet());
    ScopeTag tag = ScopeTag.of(scope);
    List<NewRecord> records = new ArrayList<>(blobs.size());
    for (Map.Entry<Digest, ByteString> blob : blobs.entrySet()) {
      Digest announced = blob.getKey();
      Digest actual = scope.function().digestOf(blob.getValue());
      if (!actual.equals(announced)) {
        throw DigestMismatchException.of(scope.function(), actual, announced);
      }
      RecordKey key = new RecordKey(RecordKind.BLOB, tag, scope.function(), announced);
      if (announced.sizeBytes() > store.sizes().largeBytes()) {
        writeLarge(key, blob.getValue(), frames.get(announced));
      } else if (!announced.isEmpty()) {
        records.add(record(key, blob.getValue(), frames.get(announced)));
      }
    }
    store.heads().append(records);
    store.acknowledge();
  }

  private NewRecord record(RecordKey key, ByteString blob, @Nullable ByteString frames) {
    IndexKey indexKey = store.hasher().key(key);
    return frames != null && Codec.isWorthKeeping(frames.size(), blob.size())
        ? NewRecord.of(key, indexKey, Codec.ZSTD, frames)
        : NewRecord.of(key, indexKey, Codec.PLAIN, blob);
  }

  private void writeLarge(RecordKey key, ByteString blob, @Nullable ByteString frames)
      throws IOException {
    store.checkFits(key, blob.size());
    if (frames != null && Codec.isWorthKeeping(frames.size(), blob.size())) {
      writeLargeFrames(key, frames);
      return;
    }
    try (SegmentUpload upload = new SegmentUpload(store, key)) {
      upload.write(blob);
      upload.commit();
    }
  }

  private void writeLargeFrames(RecordKey key, ByteString frames) throws IOException {
    if (store.records().use(key)) {
      return;
    }
    LargeSink sink = store.largeFrames(key);
    try {
      sink.write(frames);
      sink.commit();
    } finally {
      sink.close();
    }
  }

  @Override
  public void list(Collection<BlobScope> scopes, BiConsumer<BlobScope, Digest> each)
      throws IOException {
    store.list(RecordKind.BLOB, scopes, each);
  }

  /** How full the store is. */
  public StoreUsage usage() {
    return store.usage();
  }

  /** Makes durable all that was stored before the call. */
  public void sync() throws IOException {
    store.sync();
  }

  /** Has that run once the disk could not keep what was written; at once if that was so. */
  public void whenDiskFails(Runnable listener) {
    store.trust().whenLost(listener);
  }

  /** What only opening the store anew can mend; empty while it is sound. */
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
