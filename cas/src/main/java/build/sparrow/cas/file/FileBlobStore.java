package build.sparrow.cas.file;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobTooLargeException;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.ListedBlobStore;
import build.sparrow.cas.StoreUsage;
import build.sparrow.cas.disk.StoreClock;
import build.sparrow.cas.file.LeasedLru.Entry;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Hasher;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A file per blob in a folder, of bounded size.
 *
 * <p>A blob is hashed while it streams in and gets its name, by a rename, only if it is what its
 * digest says. Nothing is forced to the disk: a process that dies loses no blob that it had stored,
 * but a power cut may lose those of the last half minute, or leave them short or full of zeros. A
 * short one is found when the folder is opened, one of the right size when it is read whole; either
 * is deleted and then missing, as if evicted. Reads of a part are not hashed.
 *
 * <p>Disk is counted in blocks of 4 KiB. When the capacity is reached, a write evicts what was used
 * least recently; if that is leased, the write fails, and readers lose nothing.
 */
public final class FileBlobStore implements ListedBlobStore, Closeable {
  private final FileTree tree;

  private FileBlobStore(FileTree tree) {
    this.tree = tree;
  }

  /**
   * Opens the store in a folder that it has for itself, with what an earlier one left there.
   *
   * @param capacityBytes the most disk that the blobs take, in blocks of 4 KiB
   * @throws IOException if the folder cannot be used, or is in use by another store
   */
  public static FileBlobStore open(Path folder, long capacityBytes, Duration lease)
      throws IOException {
    return open(folder, capacityBytes, lease, StoreClock.system(), FileCreator.system());
  }

  static FileBlobStore open(
      Path folder, long capacityBytes, Duration lease, StoreClock clock, FileCreator creator)
      throws IOException {
    return new FileBlobStore(
        FileTree.open(
            folder,
            capacityBytes,
            lease,
            clock,
            creator,
            (key, fileBytes) -> fileBytes == key.digest().sizeBytes()));
  }

  @Override
  public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) {
    FileScope fileScope = tree.existingScope(scope);
    Set<Digest> missing = new HashSet<>();
    for (Digest digest : digests) {
      if (!digest.isEmpty() && find(fileScope, digest) == null) {
        missing.add(digest);
      }
    }
    return missing;
  }

  private @Nullable Entry<FileKey> find(@Nullable FileScope scope, Digest digest) {
    return scope == null ? null : tree.use(new FileKey(scope, digest));
  }

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
    Entry<FileKey> entry = find(tree.existingScope(scope), digest);
    if (entry == null) {
      throw new BlobMissingException(digest);
    }
    FileChannel channel = openWhole(entry);
    long length = limit == 0 ? available : Math.min(limit, available);
    var verification =
        length == digest.sizeBytes()
            ? new BlobInput.Verification(scope.function().newHasher(), digest.hash())
            : null;
    return new BlobInput(channel, offset, length, verification, () -> corrupt(entry));
  }

  /** Opens the blob's file, which has the blob's size. */
  private FileChannel openWhole(Entry<FileKey> entry) throws IOException {
    Digest digest = entry.key().digest();
    Path file = entry.key().scope().file(digest);
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException _) {
      tree.lose(entry, "Lost a blob: somebody deleted its file", null);
      throw new BlobMissingException(digest);
    }
    try {
      if (channel.size() != digest.sizeBytes()) {
        throw corrupt(entry);
      }
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private BlobMissingException corrupt(Entry<FileKey> entry) {
    tree.lose(entry, "Lost a blob: its file is corrupt and was deleted", null);
    Digest digest = entry.key().digest();
    return new BlobMissingException(
        digest, "Blob " + digest + " was corrupt on disk and has been removed; upload it again");
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) throws BlobTooLargeException {
    long capacityBytes = tree.lru().capacityBytes();
    if (digest.sizeBytes() > capacityBytes
        || FileTree.roomFor(digest.sizeBytes()) > capacityBytes) {
      throw new BlobTooLargeException(digest, capacityBytes);
    }
    return new FileBlobUpload(tree, new FileKey(tree.scope(scope), digest), scope.function());
  }

  @Override
  public Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    CasLimits.checkSmall(digests);
    FileScope fileScope = tree.existingScope(scope);
    Map<Digest, ByteString> blobs = new HashMap<>();
    for (Digest digest : new HashSet<>(digests)) {
      if (digest.isEmpty()) {
        blobs.put(digest, ByteString.EMPTY);
        continue;
      }
      Entry<FileKey> entry = find(fileScope, digest);
      if (entry != null) {
        ByteString blob = readWhole(entry, scope.function().newHasher());
        if (blob != null) {
          blobs.put(digest, blob);
        }
      }
    }
    return blobs;
  }

  private @Nullable ByteString readWhole(Entry<FileKey> entry, Hasher hasher) throws IOException {
    Digest digest = entry.key().digest();
    byte[] bytes = new byte[(int) digest.sizeBytes()];
    try (FileChannel channel = openWhole(entry)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
    } catch (BlobMissingException e) {
      return null;
    }
    hasher.update(bytes, 0, bytes.length);
    if (!hasher.hex().equals(digest.hash())) {
      var _ = corrupt(entry);
      return null;
    }
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    CasLimits.checkSmall(blobs.keySet());
    for (Map.Entry<Digest, ByteString> blob : blobs.entrySet()) {
      Digest actual = scope.function().digestOf(blob.getValue());
      Digest announced = blob.getKey();
      if (!actual.equals(announced)) {
        throw DigestMismatchException.of(scope.function(), actual, announced);
      }
      FileKey key = new FileKey(tree.scope(scope), announced);
      if (!announced.isEmpty() && tree.use(key) == null) {
        writeVerified(key, blob.getValue());
      }
    }
  }

  private void writeVerified(FileKey key, ByteString blob) throws IOException {
    long capacityBytes = tree.lru().capacityBytes();
    if (FileTree.roomFor(blob.size()) > capacityBytes) {
      throw new BlobTooLargeException(key.digest(), capacityBytes);
    }
    try (TemporaryFile file = tree.create()) {
      for (ByteBuffer part : blob.asReadOnlyByteBufferList()) {
        file.write(part);
      }
      file.publish(key, false);
    }
  }

  @Override
  public void list(Collection<BlobScope> scopes, BiConsumer<BlobScope, Digest> each) {
    tree.list(scopes, each);
  }

  /** How full the store is. */
  public StoreUsage usage() {
    return tree.usage();
  }

  /** Gives the folder free; calls that are under way may fail. */
  @Override
  public void close() throws IOException {
    tree.close();
  }
}
