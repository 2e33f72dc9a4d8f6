package build.sparrow.executor.output;

import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.Hasher;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes single files and symlinks: bounded, hashed once, nothing followed. */
final class OutputFiles {
  private static final Set<OpenOption> READ_ITSELF =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  private static final int CHUNK_BYTES = 256 << 10;

  private static final int TYPE_MASK = 0170000;
  private static final int FIFO = 0010000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int BLOCK_DEVICE = 0060000;
  private static final int SOCKET = 0140000;

  private final Path root;
  private final OutputUploads uploads;
  private final OutputLimits limits;
  private long bytes;

  OutputFiles(Path root, OutputUploads uploads, OutputLimits limits) {
    this.root = root;
    this.uploads = uploads;
    this.limits = limits;
  }

  /**
   * A file that is on its way to the store.
   *
   * @param bytes of a small file
   */
  record Taken(Digest digest, boolean isExecutable, @Nullable ByteString bytes) {}

  DigestFunction function() {
    return uploads.scope().function();
  }

  /** Takes a regular file; {@code path} is from the action's directory. */
  Taken take(
      SecureDirectoryStream<Path> parent, Path name, String path, PosixFileAttributes attributes)
      throws IOException, OutputException {
    bytes += attributes.size();
    if (bytes > limits.maxBytes()) {
      throw new OutputException(
          "output '%s' has %d bytes, with which the outputs have more than the %d bytes that an action may leave"
              .formatted(path, attributes.size(), limits.maxBytes()));
    }
    boolean isExecutable = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
    try (SeekableByteChannel channel = parent.newByteChannel(name, READ_ITSELF)) {
      if (attributes.size() <= OutputUploads.MAX_SMALL_BYTES) {
        ByteString content = readWhole(channel, (int) attributes.size());
        return new Taken(uploads.add(content), isExecutable, content);
      }
      Digest digest = hash(channel);
      Path file = root.resolve(path);
      // Read again by its path: whatever that leads to then, other bytes fail their digest.
      uploads.add(digest, () -> Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS));
      return new Taken(digest, isExecutable, null);
    } catch (AccessDeniedException e) {
      throw new OutputException("output '" + path + "' cannot be read: permission denied");
    }
  }

  private static ByteString readWhole(SeekableByteChannel channel, int size) throws IOException {
    if (size == 0) {
      return ByteString.EMPTY;
    }
    return ByteString.readFrom(Channels.newInputStream(channel), size, size);
  }

  private Digest hash(SeekableByteChannel channel) throws IOException {
    Hasher hasher = function().newHasher();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    long size = 0;
    while (channel.read(chunk) >= 0) {
      chunk.flip();
      size += chunk.remaining();
      hasher.update(chunk);
      chunk.clear();
    }
    return new Digest(hasher.hex(), size);
  }

  /** Where a symlink leads; refused if that is a relative way out of the action's directory. */
  String symlinkTarget(String path) throws IOException, OutputException {
    String target = Files.readSymbolicLink(root.resolve(path)).toString();
    if (!target.startsWith("/") && resolveInside(path, target) == null) {
      throw new OutputException(
          "output '%s' is a symbolic link to '%s', which leaves the input root"
              .formatted(path, target));
    }
    return target;
  }

  /** Where a symlink's target is from the action's directory, as text; null if it is outside. */
  static @Nullable String resolveInside(String path, String target) {
    if (target.startsWith("/")) {
      return null;
    }
    Deque<String> names = new ArrayDeque<>();
    int slash = path.lastIndexOf('/');
    for (String name : ((slash < 0 ? "" : path.substring(0, slash + 1)) + target).split("/", -1)) {
      switch (name) {
        case "", "." -> {}
        case ".." -> {
          if (names.pollLast() == null) {
            return null;
          }
        }
        default -> names.addLast(name);
      }
    }
    return String.join("/", names);
  }

  /** For what is neither file nor directory nor symlink. */
  OutputException notTakeable(String path) throws IOException {
    int mode =
        (Integer) Files.getAttribute(root.resolve(path), "unix:mode", LinkOption.NOFOLLOW_LINKS);
    String kind =
        switch (mode & TYPE_MASK) {
          case FIFO -> "a FIFO";
          case CHARACTER_DEVICE -> "a character device";
          case BLOCK_DEVICE -> "a block device";
          case SOCKET -> "a socket";
          default -> "of an unknown type";
        };
    return new OutputException(
        "output '%s' is %s; outputs are files, directories and symbolic links"
            .formatted(path, kind));
  }
}
