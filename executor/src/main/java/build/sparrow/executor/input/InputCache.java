package build.sparrow.executor.input;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Hasher;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Input files on disk by content, up to a size; safe for many threads.
 *
 * <p>The least recently used files make room for new ones, but none that an attempt uses: if
 * attempts together use more than the cache may hold, it grows beyond for that time. Files survive
 * a restart, and are hashed when they are used for the first time after it.
 */
public final class InputCache {
  private static final Logger log = LoggerFactory.getLogger(InputCache.class);

  /** Well below the 65,000 names that ext4 gives an inode. */
  private static final int MAX_LINKS = 60_000;

  private static final int MAX_COPIED_KEYS = 10_000;
  private static final int HASH_CHUNK_BYTES = 256 << 10;

  private final Path directory;
  private final long maxBytes;
  private final int maxLinks;
  private final FileFetcher fetcher;

  // Guarded by this.
  private final Map<FileKey, CacheEntry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<FileKey, CountDownLatch> arriving = new HashMap<>();
  private final Set<FileKey> copied = new LinkedHashSet<>();
  private long bytes;

  private InputCache(Path directory, long maxBytes, int maxLinks, FileFetcher fetcher) {
    this.directory = directory;
    this.maxBytes = maxBytes;
    this.maxLinks = maxLinks;
    this.fetcher = fetcher;
  }

  /**
   * Opens a cache, with what an earlier process left in it.
   *
   * @param directory of its own; made if it does not exist
   */
  public static InputCache open(Path directory, long maxBytes, BlobStore store) throws IOException {
    return open(directory, maxBytes, MAX_LINKS, store);
  }

  static InputCache open(Path directory, long maxBytes, int maxLinks, BlobStore store)
      throws IOException {
    Path temporaries = Files.createDirectories(directory.resolve("arriving"));
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(temporaries)) {
      for (Path leftover : leftovers) {
        Files.delete(leftover);
      }
    }
    InputCache cache =
        new InputCache(
            directory.resolve("files"), maxBytes, maxLinks, new FileFetcher(store, temporaries));
    cache.loadAll();
    return cache;
  }

  private void loadAll() throws IOException {
    Files.createDirectories(directory);
    try (DirectoryStream<Path> buckets = Files.newDirectoryStream(directory)) {
      for (Path bucket : buckets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(bucket)) {
          for (Path file : files) {
            load(file);
          }
        }
      }
    }
    makeRoom();
  }

  private synchronized void load(Path file) throws IOException {
    FileKey key = FileKey.ofName(String.valueOf(file.getFileName()));
    if (key == null) {
      Files.delete(file);
    } else {
      entries.put(key, new CacheEntry(key, file, true));
      bytes += key.digest().sizeBytes();
    }
  }

  /**
   * Brings files into the cache and holds them there. Files that another attempt is fetching are
   * waited for, not fetched again.
   *
   * @return what holds them; the caller closes it
   * @throws InputsMissingException if the store does not hold all of them
   */
  public InputLease acquire(BlobScope scope, Collection<FileKey> keys)
      throws IOException, InputsMissingException {
    InputLease lease = new InputLease(this);
    boolean isComplete = false;
    try {
      Set<FileKey> wanted = new LinkedHashSet<>(keys);
      while (!wanted.isEmpty()) {
        Map<FileKey, CountDownLatch> elsewhere = new HashMap<>();
        Set<FileKey> ours = claim(wanted, lease, elsewhere);
        if (!ours.isEmpty()) {
          fetch(scope, ours, lease);
        }
        for (CountDownLatch latch : elsewhere.values()) {
          await(latch);
        }
        // If the other attempt failed, this one tries itself.
        wanted = elsewhere.keySet();
      }
      isComplete = true;
      return lease;
    } finally {
      if (!isComplete) {
        lease.close();
      }
    }
  }

  /** Takes what is there; of the rest, says what is to be fetched by the caller and what is not. */
  private synchronized Set<FileKey> claim(
      Set<FileKey> wanted, InputLease lease, Map<FileKey, CountDownLatch> elsewhere) {
    Set<FileKey> ours = new LinkedHashSet<>();
    for (FileKey key : wanted) {
      CountDownLatch latch = arriving.get(key);
      CacheEntry entry = entries.get(key);
      if (latch != null) {
        elsewhere.put(key, latch);
      } else if (entry != null && !entry.isUnverified) {
        entry.users++;
        lease.add(entry);
        CacheMetrics.HITS.inc();
      } else {
        arriving.put(key, new CountDownLatch(1));
        ours.add(key);
        CacheMetrics.MISSES.inc();
      }
    }
    return ours;
  }

  private void fetch(BlobScope scope, Set<FileKey> ours, InputLease lease)
      throws IOException, InputsMissingException {
    Set<Digest> missing = new HashSet<>();
    Set<FileKey> absent = new LinkedHashSet<>(ours);
    try {
      for (FileKey key : ours) {
        if (isLeftWhole(key)) {
          absent.remove(key);
          publish(key, lease);
        }
      }
      Map<FileKey, Path> places = new LinkedHashMap<>();
      absent.forEach(key -> places.put(key, directory.resolve(key.path())));
      fetcher.fetch(
          scope,
          places,
          key -> {
            absent.remove(key);
            CacheMetrics.FETCHED_BYTES.inc((double) key.digest().sizeBytes());
            publish(key, lease);
          },
          missing);
    } finally {
      absent.forEach(this::arrived);
      makeRoom();
    }
    if (!missing.isEmpty()) {
      throw new InputsMissingException(scope.function(), missing);
    }
  }

  /** Whether an earlier process left this file, and whole; if it is not, it is removed. */
  private boolean isLeftWhole(FileKey key) throws IOException {
    CacheEntry entry;
    synchronized (this) {
      entry = entries.get(key);
      if (entry == null) {
        return false;
      }
      // Else it could be evicted while it is being hashed.
      entry.users++;
    }
    boolean isWhole = false;
    try {
      isWhole = hash(entry).equals(key.digest());
      if (isWhole) {
        FileFetcher.finish(key, entry.file);
      }
    } finally {
      synchronized (this) {
        entry.users--;
        if (!isWhole) {
          remove(entry);
        }
      }
    }
    return isWhole;
  }

  private static Digest hash(CacheEntry entry) throws IOException {
    Hasher hasher = entry.key.function().newHasher();
    long size = 0;
    byte[] chunk = new byte[HASH_CHUNK_BYTES];
    try (InputStream in = Files.newInputStream(entry.file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        hasher.update(chunk, 0, count);
        size += count;
      }
    }
    return new Digest(hasher.hex(), size);
  }

  private synchronized void publish(FileKey key, InputLease lease) throws IOException {
    CacheEntry entry = entries.get(key);
    if (entry == null) {
      entry = new CacheEntry(key, directory.resolve(key.path()), false);
      entries.put(key, entry);
      bytes += key.digest().sizeBytes();
    }
    entry.isUnverified = false;
    entry.record();
    entry.users++;
    lease.add(entry);
    arrived(key);
  }

  /** Lets those go on who wait for a file, whether it came or not. */
  private synchronized void arrived(FileKey key) {
    CountDownLatch latch = arriving.remove(key);
    if (latch != null) {
      latch.countDown();
    }
  }

  private synchronized void makeRoom() {
    Iterator<CacheEntry> eldest = entries.values().iterator();
    while (bytes > maxBytes && eldest.hasNext()) {
      CacheEntry entry = eldest.next();
      if (entry.users == 0) {
        eldest.remove();
        bytes -= entry.key.digest().sizeBytes();
        delete(entry);
        CacheMetrics.EVICTIONS.inc();
      }
    }
    CacheMetrics.BYTES.set((double) bytes);
  }

  private void remove(CacheEntry entry) {
    if (entries.remove(entry.key, entry)) {
      bytes -= entry.key.digest().sizeBytes();
      delete(entry);
    }
  }

  private static void delete(CacheEntry entry) {
    try {
      Files.deleteIfExists(entry.file);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("file", entry.file)
          .setCause(e)
          .log("Cannot remove a file from the input cache");
    }
  }

  /** Whether the next name of this file is to be a copy; otherwise the link is counted. */
  synchronized boolean takeLink(CacheEntry entry) {
    if (entry.links >= maxLinks || copied.contains(entry.key)) {
      return false;
    }
    entry.links++;
    return true;
  }

  /**
   * Looks for writes through the links of one attempt, whose processes are all dead.
   *
   * @return what was found
   */
  InputCheck check(Collection<CacheEntry> linked) {
    // Without the lock: an action may have ten thousand inputs.
    List<CacheEntry> written = linked.stream().filter(entry -> !entry.isAsRecorded()).toList();
    return written.isEmpty() ? InputCheck.UNCHANGED : giveUp(written);
  }

  private synchronized InputCheck giveUp(List<CacheEntry> written) {
    boolean isShared = false;
    for (CacheEntry entry : written) {
      isShared |= entry.isChanged || entry.users > 1;
      entry.isChanged = true;
      remove(entry);
      copyFromNowOn(entry.key);
    }
    return new InputCheck(written.stream().map(entry -> entry.key.digest()).toList(), isShared);
  }

  /** An input that one action writes to, the next one like it will write to as well. */
  private void copyFromNowOn(FileKey key) {
    copied.add(key);
    if (copied.size() > MAX_COPIED_KEYS) {
      copied.remove(copied.iterator().next());
    }
  }

  synchronized void release(Map<CacheEntry, Integer> links) {
    links.forEach(
        (entry, count) -> {
          entry.users--;
          entry.links -= count;
        });
    makeRoom();
  }

  /** What all files take together, in bytes. */
  synchronized long bytes() {
    return bytes;
  }

  private static void await(CountDownLatch latch) throws InterruptedIOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while another attempt fetched an input");
    }
  }
}
