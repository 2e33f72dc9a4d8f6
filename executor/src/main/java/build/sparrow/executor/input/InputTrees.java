package build.sparrow.executor.input;

import build.bazel.remote.execution.v2.Directory;
import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.reapi.validation.DirectoryRules;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads input trees from the store: a level of the tree with each round trip, and nothing twice.
 *
 * <p>Every directory is checked here although the frontend did so before: names that lead out of
 * the action's directory would be made by this process, with its rights.
 */
public final class InputTrees {
  /** The most entries that a tree may expand to; the frontend allows no more either. */
  static final int MAX_ENTRIES = 1_000_000;

  private static final int MAX_DEPTH = 256;
  private static final int MAX_PATH_CHARACTERS = 4095;
  private static final int MAX_DIRECTORY_BYTES = 256 << 20;

  private final BlobStore store;
  private final DirectoryCache cache;
  private final int maxEntries;

  /** Reads from a store; keeps up to {@code cacheBytes} of serialized directories in memory. */
  public InputTrees(BlobStore store, long cacheBytes) {
    this(store, cacheBytes, MAX_ENTRIES);
  }

  InputTrees(BlobStore store, long cacheBytes, int maxEntries) {
    this.store = store;
    this.cache = new DirectoryCache(cacheBytes);
    this.maxEntries = maxEntries;
  }

  /**
   * Reads a whole tree.
   *
   * @throws InputsMissingException if the store does not hold all its directories
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if it is not a well-formed tree
   */
  public InputTree load(BlobScope scope, Digest root) throws IOException, InputsMissingException {
    return new Expansion(scope, readAll(scope, root)).expand(root);
  }

  private Map<Digest, Directory> readAll(BlobScope scope, Digest root)
      throws IOException, InputsMissingException {
    Map<Digest, Directory> known = new HashMap<>();
    Set<Digest> missing = new HashSet<>();
    Set<Digest> level = Set.of(root);
    for (int depth = 0; !level.isEmpty() && depth <= MAX_DEPTH; depth++) {
      Map<Digest, Directory> found = readLevel(scope, level);
      level.stream().filter(digest -> !found.containsKey(digest)).forEach(missing::add);
      known.putAll(found);
      Set<Digest> next = new LinkedHashSet<>();
      for (Directory directory : found.values()) {
        for (var child : directory.getDirectoriesList()) {
          Digest digest = new Digest(child.getDigest().getHash(), child.getDigest().getSizeBytes());
          if (!known.containsKey(digest)) {
            next.add(digest);
          }
        }
      }
      level = next;
    }
    if (!missing.isEmpty()) {
      throw new InputsMissingException(scope.function(), missing);
    }
    return known;
  }

  private Map<Digest, Directory> readLevel(BlobScope scope, Set<Digest> level) throws IOException {
    Map<Digest, Directory> found = new HashMap<>();
    List<Digest> batch = new ArrayList<>();
    long batchBytes = 0;
    for (Digest digest : level) {
      Directory cached = cache.get(scope.function(), digest);
      if (cached != null) {
        found.put(digest, cached);
      } else if (digest.isEmpty()) {
        found.put(digest, Directory.getDefaultInstance());
      } else if (digest.sizeBytes() > CasLimits.MAX_BATCH_BYTES) {
        readLarge(scope, digest, found);
      } else {
        if (batchBytes + digest.sizeBytes() > CasLimits.MAX_BATCH_BYTES
            || batch.size() == CasLimits.MAX_BATCH_BLOBS) {
          readBatch(scope, batch, found);
          batch.clear();
          batchBytes = 0;
        }
        batch.add(digest);
        batchBytes += digest.sizeBytes();
      }
    }
    readBatch(scope, batch, found);
    return found;
  }

  private void readBatch(BlobScope scope, List<Digest> batch, Map<Digest, Directory> found)
      throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    for (Map.Entry<Digest, ByteString> blob : store.readAll(scope, batch).entrySet()) {
      found.put(blob.getKey(), parse(scope, blob.getKey(), blob.getValue()));
    }
  }

  private void readLarge(BlobScope scope, Digest digest, Map<Digest, Directory> found)
      throws IOException {
    if (digest.sizeBytes() > MAX_DIRECTORY_BYTES) {
      throw ReapiStatus.invalidArgument(
          "directory %s has more than %d bytes".formatted(digest, MAX_DIRECTORY_BYTES));
    }
    try (InputStream in = store.read(scope, digest, 0, 0)) {
      found.put(digest, parse(scope, digest, ByteString.readFrom(in)));
    } catch (BlobMissingException e) {
      // Left out of what was found.
    }
  }

  private Directory parse(BlobScope scope, Digest digest, ByteString bytes) {
    Directory directory;
    try {
      directory = Directory.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw ReapiStatus.invalidArgument("directory " + digest + " is not a Directory message");
    }
    DirectoryRules.check(digest, scope.function(), directory);
    cache.put(scope.function(), digest, directory);
    return directory;
  }

  /** A tree on its way from messages to paths; a directory may stand at many places. */
  private final class Expansion {
    private final BlobScope scope;
    private final Map<Digest, Directory> known;
    private final List<String> directories = new ArrayList<>();
    private final List<InputTree.File> files = new ArrayList<>();
    private final List<InputTree.Link> links = new ArrayList<>();

    Expansion(BlobScope scope, Map<Digest, Directory> known) {
      this.scope = scope;
      this.known = known;
    }

    InputTree expand(Digest root) {
      expand(root, "", 0);
      return new InputTree(directories, files, links);
    }

    private void expand(Digest digest, String prefix, int depth) {
      Directory directory = known.get(digest);
      if (depth > MAX_DEPTH || directory == null) {
        throw ReapiStatus.invalidArgument(
            "input root is more than %d levels deep".formatted(MAX_DEPTH));
      }
      for (var file : directory.getFilesList()) {
        Digest content = new Digest(file.getDigest().getHash(), file.getDigest().getSizeBytes());
        FileKey key = new FileKey(scope.function(), content, file.getIsExecutable());
        files.add(new InputTree.File(path(prefix, file.getName()), key));
      }
      for (var link : directory.getSymlinksList()) {
        links.add(new InputTree.Link(path(prefix, link.getName()), link.getTarget()));
      }
      for (var child : directory.getDirectoriesList()) {
        String path = path(prefix, child.getName());
        directories.add(path);
        checkCount();
        expand(
            new Digest(child.getDigest().getHash(), child.getDigest().getSizeBytes()),
            path + "/",
            depth + 1);
      }
      checkCount();
    }

    private void checkCount() {
      if (directories.size() + files.size() + links.size() > maxEntries) {
        throw ReapiStatus.invalidArgument(
            "input root expands to more than %d entries".formatted(maxEntries));
      }
    }

    private static String path(String prefix, String name) {
      String path = prefix + name;
      if (path.length() > MAX_PATH_CHARACTERS) {
        throw ReapiStatus.invalidArgument(
            "input root has a path of more than %d characters".formatted(MAX_PATH_CHARACTERS));
      }
      return path;
    }
  }
}
