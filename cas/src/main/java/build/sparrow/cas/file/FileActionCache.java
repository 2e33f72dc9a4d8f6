package build.sparrow.cas.file;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.InvalidActionResultException;
import build.sparrow.cas.ListedActionCache;
import build.sparrow.cas.StoreUsage;
import build.sparrow.cas.disk.StoreClock;
import build.sparrow.cas.file.LeasedLru.Entry;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file per action result in a folder, of bounded size; the result used least recently is evicted
 * first.
 *
 * <p>A file holds four bytes "SAR1", the CRC-32C of what follows, and the result. One that does not
 * read so is deleted, and is a miss. As with blobs, nothing is forced to the disk.
 */
public final class FileActionCache implements ListedActionCache, AutoCloseable {
  /** The largest result that is kept; a larger one could not be sent either. */
  static final int MAX_RESULT_BYTES = 4 << 20;

  private static final int MAGIC = 0x53415231;
  private static final int HEADER_BYTES = 8;

  private final FileTree tree;

  private FileActionCache(FileTree tree) {
    this.tree = tree;
  }

  /**
   * Opens the cache in a folder that it has for itself, with what an earlier one left there.
   *
   * @param capacityBytes the most disk that the results take, in blocks of 4 KiB
   * @throws IOException if the folder cannot be used, or is in use by another store
   */
  public static FileActionCache open(Path folder, long capacityBytes) throws IOException {
    return open(folder, capacityBytes, StoreClock.system(), FileCreator.system());
  }

  static FileActionCache open(
      Path folder, long capacityBytes, StoreClock clock, FileCreator creator) throws IOException {
    return new FileActionCache(
        FileTree.open(
            folder,
            capacityBytes,
            Duration.ZERO,
            clock,
            creator,
            (key, fileBytes) -> fileBytes >= HEADER_BYTES));
  }

  @Override
  public Optional<ActionResult> get(ActionKey key) throws IOException {
    FileScope scope = tree.existingScope(BlobScope.of(key));
    Entry<FileKey> entry = scope == null ? null : tree.use(new FileKey(scope, key.action()));
    if (entry == null) {
      return Optional.empty();
    }
    byte[] file;
    try {
      file = Files.readAllBytes(entry.key().scope().file(key.action()));
    } catch (NoSuchFileException _) {
      tree.lose(entry, "Lost an action result: somebody deleted its file", null);
      return Optional.empty();
    }
    ActionResult result = decode(file);
    if (result == null) {
      tree.lose(entry, "Lost an action result: its file is corrupt and was deleted", null);
    }
    return Optional.ofNullable(result);
  }

  private static @Nullable ActionResult decode(byte[] file) {
    if (file.length < HEADER_BYTES) {
      return null;
    }
    ByteBuffer header = ByteBuffer.wrap(file);
    if (header.getInt() != MAGIC
        || header.getInt() != checksum(file, HEADER_BYTES, file.length - HEADER_BYTES)) {
      return null;
    }
    try {
      return ActionResult.parseFrom(
          CodedInputStream.newInstance(file, HEADER_BYTES, file.length - HEADER_BYTES));
    } catch (InvalidProtocolBufferException _) {
      return null;
    } catch (IOException e) {
      throw new IllegalStateException("No file is read here", e);
    }
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    byte[] bytes = result.toByteArray();
    if (bytes.length > MAX_RESULT_BYTES) {
      throw new InvalidActionResultException(
          "The result of action %s has %d bytes, at most %d are kept; refer to outputs by digest, instead of inlining them"
              .formatted(key, bytes.length, MAX_RESULT_BYTES));
    }
    ByteBuffer file = ByteBuffer.allocate(HEADER_BYTES + bytes.length);
    file.putInt(MAGIC).putInt(checksum(bytes, 0, bytes.length)).put(bytes).flip();
    FileScope scope = tree.scope(BlobScope.of(key));
    try (TemporaryFile temporary = tree.create()) {
      temporary.write(file);
      temporary.publish(new FileKey(scope, key.action()), true);
    }
  }

  @Override
  public void list(Collection<BlobScope> scopes, BiConsumer<BlobScope, Digest> each) {
    tree.list(scopes, each);
  }

  /** How full the cache is. */
  public StoreUsage usage() {
    return tree.usage();
  }

  /** Gives the folder free; calls that are under way may fail. */
  @Override
  public void close() throws IOException {
    tree.close();
  }
}
