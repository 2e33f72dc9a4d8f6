package build.sparrow.frontend.actionlog;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.OutputDirectory;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.Tree;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.reapi.Digest;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds out which action made which input: by digest, for one thread. */
final class Edges {
  /** Output files whose makers are remembered, the latest ones; some 250 bytes each. */
  private static final int MOST_OUTPUTS = 200_000;

  /** Of listings, by the size of their messages. */
  private static final long LISTINGS_BYTES = 32L << 20;

  private record Output(BlobScope scope, Digest digest) {}

  /** What one directory holds itself. */
  private record Listing(List<Digest> files, List<Digest> directories, int messageBytes) {
    static Listing of(ByteString bytes) throws IOException {
      Directory directory = Directory.parseFrom(bytes);
      return new Listing(
          directory.getFilesList().stream().map(each -> digest(each.getDigest())).toList(),
          directory.getDirectoriesList().stream().map(each -> digest(each.getDigest())).toList(),
          bytes.size());
    }
  }

  private final BlobStore blobs;
  private final Map<Output, String> makers =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Output, String> eldest) {
          return size() > MOST_OUTPUTS;
        }
      };
  private final Cache<Output, Listing> listings =
      CacheBuilder.newBuilder()
          .concurrencyLevel(1)
          .maximumWeight(LISTINGS_BYTES)
          .<Output, Listing>weigher((directory, listing) -> listing.messageBytes())
          .build();

  Edges(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** From now on the files of the result are known to be made by the action. */
  void made(BlobScope scope, String action, ActionResult result) throws IOException {
    for (OutputFile file : result.getOutputFilesList()) {
      made(scope, action, digest(file.getDigest()));
    }
    for (OutputDirectory output : result.getOutputDirectoriesList()) {
      Digest digest = digest(output.getTreeDigest());
      ByteString bytes =
          digest.sizeBytes() > CasLimits.MAX_BATCH_BYTES
              ? null
              : blobs.readAll(scope, List.of(digest)).get(digest);
      if (bytes != null) {
        Tree tree = Tree.parseFrom(bytes);
        made(scope, action, tree.getRoot());
        for (Directory child : tree.getChildrenList()) {
          made(scope, action, child);
        }
      }
    }
  }

  private void made(BlobScope scope, String action, Directory directory) {
    directory.getFilesList().forEach(file -> made(scope, action, digest(file.getDigest())));
  }

  private void made(BlobScope scope, String action, Digest file) {
    // Everybody makes empty files.
    if (!file.isEmpty()) {
      makers.put(new Output(scope, file), action);
    }
  }

  /** Reads the tree, as far as it is not known; a directory that is gone counts as empty. */
  Inputs of(BlobScope scope, Digest root) throws IOException {
    Set<String> found = new LinkedHashSet<>();
    long files = 0;
    long bytes = 0;
    Map<Digest, Integer> level = Map.of(root, 1);
    while (!level.isEmpty()) {
      Map<Digest, Listing> listed = list(scope, level.keySet());
      Map<Digest, Integer> next = new LinkedHashMap<>();
      for (Map.Entry<Digest, Listing> each : listed.entrySet()) {
        // Equal directories beside each other are read once and counted as often as they are there.
        int times = level.getOrDefault(each.getKey(), 1);
        for (Digest file : each.getValue().files()) {
          files += times;
          bytes += times * file.sizeBytes();
          String maker = makers.get(new Output(scope, file));
          if (maker != null) {
            found.add(maker);
          }
        }
        each.getValue().directories().forEach(child -> next.merge(child, times, Integer::sum));
      }
      level = next;
    }
    return new Inputs(files, bytes, List.copyOf(found));
  }

  private Map<Digest, Listing> list(BlobScope scope, Collection<Digest> directories)
      throws IOException {
    Map<Digest, Listing> listed = new LinkedHashMap<>();
    List<Digest> unknown = new ArrayList<>();
    long unknownBytes = 0;
    for (Digest directory : directories) {
      Listing known = listings.getIfPresent(new Output(scope, directory));
      if (known != null) {
        listed.put(directory, known);
      } else if (!directory.isEmpty() && directory.sizeBytes() <= CasLimits.MAX_BATCH_BYTES) {
        if (unknownBytes + directory.sizeBytes() > CasLimits.MAX_BATCH_BYTES
            || unknown.size() == CasLimits.MAX_BATCH_BLOBS) {
          listed.putAll(read(scope, unknown));
          unknown.clear();
          unknownBytes = 0;
        }
        unknown.add(directory);
        unknownBytes += directory.sizeBytes();
      }
    }
    listed.putAll(read(scope, unknown));
    return listed;
  }

  private Map<Digest, Listing> read(BlobScope scope, List<Digest> directories) throws IOException {
    if (directories.isEmpty()) {
      return Map.of();
    }
    Map<Digest, Listing> read = new HashMap<>();
    for (Map.Entry<Digest, ByteString> each : blobs.readAll(scope, directories).entrySet()) {
      Listing listing = Listing.of(each.getValue());
      listings.put(new Output(scope, each.getKey()), listing);
      read.put(each.getKey(), listing);
    }
    return read;
  }

  private static Digest digest(build.bazel.remote.execution.v2.Digest proto) {
    return new Digest(proto.getHash(), proto.getSizeBytes());
  }
}
