package build.sparrow.executor.input;

import build.bazel.remote.execution.v2.Directory;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Directory messages, checked and parsed, the last used ones; safe for many threads. */
final class DirectoryCache {
  private record Key(DigestFunction function, Digest digest) {}

  private final Map<Key, Directory> directories = new LinkedHashMap<>(16, 0.75f, true);
  private final long maxBytes;
  private long bytes;

  /**
   * Starts empty.
   *
   * @param maxBytes serialized size of all directories together; in memory they take some times
   *     that
   */
  DirectoryCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized @Nullable Directory get(DigestFunction function, Digest digest) {
    return directories.get(new Key(function, digest));
  }

  synchronized void put(DigestFunction function, Digest digest, Directory directory) {
    if (directories.put(new Key(function, digest), directory) == null) {
      bytes += digest.sizeBytes();
    }
    Iterator<Key> eldest = directories.keySet().iterator();
    while (bytes > maxBytes && eldest.hasNext()) {
      bytes -= eldest.next().digest().sizeBytes();
      eldest.remove();
    }
  }
}
