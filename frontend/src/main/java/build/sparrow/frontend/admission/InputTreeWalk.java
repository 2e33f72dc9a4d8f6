package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.Directory;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.reapi.validation.DirectoryRules;
import build.sparrow.reapi.validation.PathRules;
import com.google.common.base.Utf8;
import com.google.common.math.LongMath;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One look at one input tree, for one thread: {@link #read}, {@link #measure}, {@link #findMissing}
 * in this order.
 *
 * <p>A tree is a graph in which equal subtrees are one node. Each node is read once and measured
 * once, so a tree of forty directories that expands to 2^40 entries costs forty steps.
 */
final class InputTreeWalk implements AutoCloseable {
  /** Levels of directories that a tree may have beneath its root. */
  static final int MAX_DEPTH = 256;

  /** The most bytes of one Directory message; about 150,000 files. */
  static final int MAX_DIRECTORY_BYTES = 16 << 20;

  /** Entries from which a tree is large. */
  static final int LARGE_TREE_ENTRIES = 10_000;

  private final BlobStore blobs;
  private final SubtreeCache cache;
  private final BlobScope scope;
  private final long maxEntries;
  private final Semaphore largeTrees;
  private final long trustedUntilNanos;

  /** Directories read by this walk, and the files in them. */
  private final Map<Digest, Listing> listings = new LinkedHashMap<>();

  private final Map<Digest, CheckedSubtree> measured = new HashMap<>();
  private final Set<Digest> missing = new LinkedHashSet<>();
  private long entriesRead;
  private boolean large;

  private record Listing(DirectoryNames names, List<Digest> files) {}

  InputTreeWalk(
      BlobStore blobs, SubtreeCache cache, BlobScope scope, long maxEntries, Semaphore largeTrees) {
    this.blobs = blobs;
    this.cache = cache;
    this.scope = scope;
    this.maxEntries = maxEntries;
    this.largeTrees = largeTrees;
    this.trustedUntilNanos = cache.trustFromNow();
  }

  /** Reads every directory that is not known from before, level by level. */
  void read(Digest root, Map<Digest, ByteString> fetched) throws IOException {
    Collection<Digest> level = List.of(root);
    for (int depth = 0; !level.isEmpty(); depth++) {
      if (depth > MAX_DEPTH) {
        throw tooDeep();
      }
      Set<Digest> next = new LinkedHashSet<>();
      for (List<Digest> batch : batches(level)) {
        readBatch(batch, depth == 0 ? fetched : Map.of(), next);
      }
      level = next;
    }
  }

  private List<List<Digest>> batches(Collection<Digest> directories) {
    List<List<Digest>> batches = new ArrayList<>();
    List<Digest> batch = new ArrayList<>();
    long batchBytes = 0;
    for (Digest directory : directories) {
      if (directory.sizeBytes() > MAX_DIRECTORY_BYTES) {
        throw ReapiStatus.invalidArgument(
            "directory %s has %d bytes; at most %d are allowed, split it into subdirectories"
                .formatted(directory, directory.sizeBytes(), MAX_DIRECTORY_BYTES));
      }
      boolean full =
          batchBytes + directory.sizeBytes() > CasLimits.MAX_BATCH_BYTES
              || batch.size() == CasLimits.MAX_BATCH_BLOBS;
      if (full && !batch.isEmpty()) {
        batches.add(batch);
        batch = new ArrayList<>();
        batchBytes = 0;
      }
      batch.add(directory);
      batchBytes += directory.sizeBytes();
    }
    batches.add(batch);
    return batches;
  }

  private void readBatch(List<Digest> batch, Map<Digest, ByteString> fetched, Set<Digest> next)
      throws IOException {
    // Another walk may have learnt a subtree since it was listed, so look only now.
    List<Digest> unread = new ArrayList<>();
    for (Digest directory : batch) {
      CheckedSubtree known = cache.get(scope, directory);
      if (known != null) {
        measured.put(directory, known);
      } else if (!directory.isEmpty() && !fetched.containsKey(directory)) {
        unread.add(directory);
      }
    }
    Map<Digest, ByteString> bytes = new HashMap<>(fetched);
    if (!unread.isEmpty()) {
      bytes.putAll(blobs.readAll(scope, unread));
    }
    for (Digest directory : batch) {
      if (measured.containsKey(directory)) {
        continue;
      }
      ByteString content = directory.isEmpty() ? ByteString.EMPTY : bytes.remove(directory);
      if (content == null) {
        missing.add(directory);
      } else {
        addListing(directory, content, next);
      }
    }
  }

  private void addListing(Digest digest, ByteString content, Set<Digest> next) {
    Directory proto = parse(digest, content);
    DirectoryRules.check(digest, scope.function(), proto);
    DirectoryNames names = DirectoryNames.of(proto);
    List<Digest> files = new ArrayList<>(proto.getFilesCount());
    for (var file : proto.getFilesList()) {
      files.add(new Digest(file.getDigest().getHash(), file.getDigest().getSizeBytes()));
    }
    listings.put(digest, new Listing(names, files));
    entriesRead += names.count();
    if (entriesRead > maxEntries) {
      throw tooManyEntries();
    }
    if (entriesRead > LARGE_TREE_ENTRIES && !large) {
      largeTrees.acquireUninterruptibly();
      large = true;
    }
    for (Digest child : names.children()) {
      if (!listings.containsKey(child) && !measured.containsKey(child)) {
        next.add(child);
      }
    }
  }

  private static Directory parse(Digest digest, ByteString content) {
    try {
      return Directory.parseFrom(content);
    } catch (InvalidProtocolBufferException e) {
      throw ReapiStatus.invalidArgument(
          "directory %s is not a Directory message: %s".formatted(digest, e.getMessage()));
    }
  }

  /**
   * Measures the tree, children before parents; missing directories count as empty.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming the bound that it exceeds
   */
  void measure(Digest root) {
    Set<Digest> open = new HashSet<>();
    Deque<Digest> stack = new ArrayDeque<>();
    stack.push(root);
    while (!stack.isEmpty()) {
      Digest directory = stack.getFirst();
      Listing listing = listings.get(directory);
      if (listing == null || measured.containsKey(directory)) {
        stack.pop();
      } else if (open.add(directory)) {
        pushChildren(listing, open, stack);
      } else {
        stack.pop();
        measured.put(directory, measure(listing.names()));
      }
    }
    CheckedSubtree tree = measured.get(root);
    if (tree == null) {
      return;
    }
    if (tree.entries() > maxEntries) {
      throw tooManyEntries();
    }
    if (tree.depth() > MAX_DEPTH) {
      throw tooDeep();
    }
    if (tree.pathBytes() > PathRules.MAX_PATH_BYTES) {
      throw ReapiStatus.invalidArgument(
          "the longest path of the input root has %d bytes; at most %d are allowed"
              .formatted(tree.pathBytes(), PathRules.MAX_PATH_BYTES));
    }
  }

  private void pushChildren(Listing listing, Set<Digest> open, Deque<Digest> stack) {
    for (Digest child : listing.names().children()) {
      if (measured.containsKey(child)) {
        continue;
      }
      // No honest store can hold a directory that contains itself: its digest would be part of it.
      if (open.contains(child)) {
        throw ReapiStatus.internal("the store gave a directory that contains itself: " + child);
      }
      stack.push(child);
    }
  }

  private CheckedSubtree measure(DirectoryNames names) {
    long entries = names.count();
    int depth = 0;
    int pathBytes = names.longestBytes();
    long trusted = trustedUntilNanos;
    for (int i = 0; i < names.children().size(); i++) {
      int nameBytes = Utf8.encodedLength(names.directories().get(i));
      CheckedSubtree child = measured.get(names.children().get(i));
      if (child == null) {
        depth = Math.max(depth, 1);
        pathBytes = Math.max(pathBytes, nameBytes);
        continue;
      }
      entries = LongMath.saturatedAdd(entries, child.entries());
      depth = Math.max(depth, 1 + child.depth());
      int beneath = child.pathBytes() == 0 ? 0 : 1 + child.pathBytes();
      pathBytes = Math.max(pathBytes, nameBytes + beneath);
      if (child.trustedUntilNanos() - trusted < 0) {
        trusted = child.trustedUntilNanos();
      }
    }
    return new CheckedSubtree(names, entries, depth, pathBytes, trusted);
  }

  /** The names in a directory of this tree; null if it is missing or not remembered. */
  @Nullable DirectoryNames namesOf(Digest directory) {
    Listing listing = listings.get(directory);
    if (listing != null) {
      return listing.names();
    }
    CheckedSubtree known = cache.get(scope, directory);
    return known == null ? null : known.names();
  }

  /** Asks the store for every file, and remembers the tree if nothing is missing. */
  Set<Digest> findMissing() throws IOException {
    Set<Digest> files = new LinkedHashSet<>();
    for (Listing listing : listings.values()) {
      for (Digest file : listing.files()) {
        if (!file.isEmpty()) {
          files.add(file);
        }
      }
    }
    if (!files.isEmpty()) {
      missing.addAll(blobs.findMissing(scope, files));
    }
    if (missing.isEmpty()) {
      for (Digest directory : listings.keySet()) {
        CheckedSubtree subtree = measured.get(directory);
        if (subtree != null) {
          cache.put(scope, directory, subtree);
        }
      }
    }
    return missing;
  }

  /** Lets the next large tree in. */
  @Override
  public void close() {
    if (large) {
      largeTrees.release();
      large = false;
    }
  }

  private io.grpc.StatusRuntimeException tooManyEntries() {
    return ReapiStatus.invalidArgument(
        "input root expands to more than " + maxEntries + " entries (maxInputEntries)");
  }

  private static io.grpc.StatusRuntimeException tooDeep() {
    return ReapiStatus.invalidArgument(
        "input root has more than " + MAX_DEPTH + " levels of directories");
  }
}
