package build.sparrow.executor.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Holds files in the cache for one attempt, until its directory is removed; for one thread. */
public final class InputLease implements AutoCloseable {
  private final InputCache cache;
  private final Map<FileKey, CacheEntry> entries = new HashMap<>();
  private final Map<CacheEntry, Integer> links = new HashMap<>();

  InputLease(InputCache cache) {
    this.cache = cache;
  }

  void add(CacheEntry entry) {
    entries.put(entry.key, entry);
    links.put(entry, 0);
  }

  /** Gives a held file another name: the same inode, or a copy if there is a reason for one. */
  void link(FileKey key, Path name) throws IOException {
    CacheEntry entry = entries.get(key);
    if (entry == null) {
      throw new IllegalArgumentException(key + " is not held by this lease");
    }
    if (cache.takeLink(entry)) {
      links.merge(entry, 1, Integer::sum);
      Files.createLink(name, entry.file);
    } else {
      Files.copy(entry.file, name);
      FileFetcher.finish(key, name);
    }
  }

  /**
   * Looks for inputs that were written to through their links; to be called when all processes of
   * the action are dead.
   */
  public InputCheck check() {
    List<CacheEntry> linked =
        links.entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(Map.Entry::getKey)
            .toList();
    return cache.check(linked);
  }

  /** Lets go of the files; the links must be gone by now. */
  @Override
  public void close() {
    cache.release(links);
    entries.clear();
    links.clear();
  }
}
