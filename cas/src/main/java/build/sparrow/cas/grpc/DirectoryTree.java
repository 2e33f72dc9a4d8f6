package build.sparrow.cas.grpc;

import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.GetTreeRequest;
import build.bazel.remote.execution.v2.GetTreeResponse;
import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.reapi.ReapiStatus;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All directories beneath a root, each once, breadth first, in pages. Only the digests of the tree
 * are held. A page token counts the directories that were sent, as the order never changes.
 */
final class DirectoryTree {
  static final int MAX_DIRECTORIES = 1_000_000;

  private static final int MAX_PAGE_DIRECTORIES = 10_000;
  private static final int MAX_PAGE_BYTES = 1 << 20;
  private static final int READ_AHEAD_DIRECTORIES = 500;
  private static final int READ_AHEAD_BYTES = 1 << 20;

  private final BlobStore store;
  private final BlobScope scope;
  private final Digest root;
  private final int pageSize;
  private final long skip;

  /** Where the pages go. */
  @FunctionalInterface
  interface Sink {
    void send(GetTreeResponse page) throws InterruptedException;
  }

  private DirectoryTree(BlobStore store, BlobScope scope, Digest root, int pageSize, long skip) {
    this.store = store;
    this.scope = scope;
    this.root = root;
    this.pageSize = pageSize;
    this.skip = skip;
  }

  static DirectoryTree parse(BlobStore store, GetTreeRequest request) {
    InstanceName instance = InstanceName.parse(request.getInstanceName());
    DigestFunction function =
        DigestFunction.resolve(request.getDigestFunction(), request.getRootDigest().getHash());
    Digest root = Digest.parse(request.getRootDigest(), function, "root_digest");
    if (request.getPageSize() < 0) {
      throw ReapiStatus.invalidArgument(
          "page_size is " + request.getPageSize() + ": expected 0 or more");
    }
    int pageSize =
        request.getPageSize() == 0
            ? MAX_PAGE_DIRECTORIES
            : Math.min(request.getPageSize(), MAX_PAGE_DIRECTORIES);
    return new DirectoryTree(
        store,
        new BlobScope(instance, function),
        root,
        pageSize,
        parseToken(request.getPageToken()));
  }

  private static long parseToken(String token) {
    if (token.isEmpty()) {
      return 0;
    }
    try {
      return Integer.parseUnsignedInt(token);
    } catch (NumberFormatException e) {
      throw ReapiStatus.invalidArgument(
          "page_token is %s: expected the next_page_token of an earlier GetTree, or nothing"
              .formatted(ReapiStatus.quote(token)));
    }
  }

  /** Sends page after page; directories beneath the root that are missing are left out. */
  void send(Sink sink) throws IOException, InterruptedException {
    ArrayDeque<Digest> pending = new ArrayDeque<>(List.of(root));
    Set<Digest> seen = new HashSet<>(List.of(root));
    GetTreeResponse.Builder page = GetTreeResponse.newBuilder();
    long pageBytes = 0;
    long count = 0;
    while (!pending.isEmpty()) {
      List<Digest> next = nextToRead(pending);
      Map<Digest, ByteString> blobs = store.readAll(scope, next);
      for (Digest digest : next) {
        ByteString blob = blobs.get(digest);
        if (blob == null) {
          if (digest.equals(root)) {
            throw new BlobMissingException(root);
          }
          continue;
        }
        Directory directory = parse(digest, blob);
        addChildren(directory, digest, pending, seen);
        if (count >= skip) {
          boolean full =
              page.getDirectoriesCount() == pageSize || pageBytes + blob.size() > MAX_PAGE_BYTES;
          if (full && page.getDirectoriesCount() > 0) {
            sink.send(page.setNextPageToken(Long.toString(count)).build());
            page.clear();
            pageBytes = 0;
          }
          page.addDirectories(directory);
          pageBytes += blob.size();
        }
        count++;
      }
    }
    sink.send(page.build());
  }

  private static List<Digest> nextToRead(ArrayDeque<Digest> pending) {
    List<Digest> next = new ArrayList<>();
    long bytes = 0;
    while (!pending.isEmpty() && next.size() < READ_AHEAD_DIRECTORIES) {
      bytes += pending.getFirst().sizeBytes();
      if (bytes > READ_AHEAD_BYTES && !next.isEmpty()) {
        break;
      }
      next.add(checkedSize(pending.removeFirst()));
    }
    return next;
  }

  private static Digest checkedSize(Digest directory) {
    if (directory.sizeBytes() > CasLimits.MAX_BATCH_BYTES) {
      throw ReapiStatus.failedPrecondition(
          "Directory %s is too large for GetTree, which serves directories up to %d bytes"
              .formatted(directory, CasLimits.MAX_BATCH_BYTES));
    }
    return directory;
  }

  private static Directory parse(Digest digest, ByteString blob) {
    try {
      return Directory.parseFrom(blob);
    } catch (InvalidProtocolBufferException e) {
      throw ReapiStatus.failedPrecondition(
          "Blob %s is not a Directory: %s".formatted(digest, e.getMessage()));
    }
  }

  private void addChildren(
      Directory directory, Digest digest, ArrayDeque<Digest> pending, Set<Digest> seen) {
    for (DirectoryNode child : directory.getDirectoriesList()) {
      Digest childDigest =
          Digest.parse(
              child.getDigest(), scope.function(), "directory " + digest + ": directories.digest");
      if (seen.add(childDigest)) {
        if (seen.size() > MAX_DIRECTORIES) {
          throw ReapiStatus.failedPrecondition(
              "Tree %s has more than %d directories".formatted(root, MAX_DIRECTORIES));
        }
        pending.add(childDigest);
      }
    }
  }
}
