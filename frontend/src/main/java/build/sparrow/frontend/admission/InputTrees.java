package build.sparrow.frontend.admission;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Checks input trees. Safe for many threads; trees that are large and not known yet are read one at
 * a time, so that a hundred actions that share a toolchain read it once, and memory stays bounded.
 */
final class InputTrees {
  private final BlobStore blobs;
  private final SubtreeCache cache;
  private final long maxEntries;
  private final Semaphore largeTrees = new Semaphore(1, true);

  InputTrees(BlobStore blobs, SubtreeCache cache, long maxEntries) {
    this.blobs = blobs;
    this.cache = cache;
    this.maxEntries = maxEntries;
  }

  /** Whether the tree passed before and is believed to be complete. */
  boolean knows(BlobScope scope, Digest root) {
    return cache.get(scope, root) != null;
  }

  /**
   * Checks form, size and completeness of a tree, and that the paths of the command fit it.
   *
   * @param fetched directories of the tree that are at hand already
   * @return the blobs that the store lacks; empty if the action may run
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming directory or path and rule
   * @throws IOException if the store fails
   */
  Set<Digest> check(
      BlobScope scope, Digest root, Map<Digest, ByteString> fetched, CommandPaths paths)
      throws IOException {
    CheckedSubtree known = cache.get(scope, root);
    if (known != null) {
      new PathConflicts(digest -> namesOf(scope, digest)).check(root, paths);
      return Set.of();
    }
    InputTreeWalk walk = new InputTreeWalk(blobs, cache, scope, maxEntries, largeTrees);
    try {
      walk.read(root, fetched);
      walk.measure(root);
      new PathConflicts(walk::namesOf).check(root, paths);
      return walk.findMissing();
    } finally {
      walk.close();
    }
  }

  private @Nullable DirectoryNames namesOf(BlobScope scope, Digest digest) {
    CheckedSubtree subtree = cache.get(scope, digest);
    return subtree == null ? null : subtree.names();
  }

  /** To be called when an input was found missing after all. */
  void forgetAll() {
    cache.clear();
  }
}
