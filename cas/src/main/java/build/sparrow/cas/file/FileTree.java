package build.sparrow.cas.file;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.StoreUsage;
import build.sparrow.cas.disk.FolderLock;
import build.sparrow.cas.disk.StoreClock;
import build.sparrow.cas.file.LeasedLru.Entry;
import build.sparrow.reapi.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files by digest in a bounded amount of disk: {@code <instance>/<function>/<first byte>/<hash>-
 * <size>} beneath the root, and {@code tmp} for what is being written.
 *
 * <p>A file appears under its name by one rename, whole, and is never changed after that. The date
 * of a file says when it was last used, give or take the granularity, and so carries order and
 * leases over a restart. The index is asked first and always; only evictions and arrivals of the
 * same key wait for each other, never a reader.
 */
final class FileTree implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(FileTree.class);

  private static final int BLOCK_BYTES = 4096;
  private static final int STRIPES = 128;
  private static final String TEMPORARIES = "tmp";
  private static final Duration MIN_GRANULARITY = Duration.ofSeconds(1);
  private static final Duration UNLEASED_GRANULARITY = Duration.ofMinutes(5);

  private final Path root;
  private final Path temporaries;
  private final FolderLock folderLock;
  private final StoreClock clock;
  private final FileCreator creator;
  private final LeasedLru<FileKey> lru;
  private final Duration granularity;
  private final ConcurrentHashMap<String, FileScope> scopes = new ConcurrentHashMap<>();
  private final AtomicLong lostCount = new AtomicLong();
  private final AtomicLong temporaryNumber = new AtomicLong();
  // Whoever makes or deletes the file of a key holds the lock of its stripe.
  private final ReentrantLock[] stripes =
      IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  /** Judges a file that was found at the start by its name and size. */
  @FunctionalInterface
  interface Plausibility {
    boolean test(FileKey key, long fileBytes);
  }

  private FileTree(
      Path root,
      FolderLock folderLock,
      long capacityBytes,
      Duration lease,
      StoreClock clock,
      FileCreator creator) {
    this.root = root;
    this.temporaries = root.resolve(TEMPORARIES);
    this.folderLock = folderLock;
    this.clock = clock;
    this.creator = creator;
    this.lru = new LeasedLru<>(capacityBytes, lease, clock::nanoTime);
    this.granularity = granularity(lease);
  }

  /**
   * Opens the tree, with all plausible files that an earlier one left there; the others are
   * deleted, and so is what was being written.
   */
  static FileTree open(
      Path root,
      long capacityBytes,
      Duration lease,
      StoreClock clock,
      FileCreator creator,
      Plausibility plausibility)
      throws IOException {
    Files.createDirectories(root.resolve(TEMPORARIES));
    FolderLock folderLock = FolderLock.take(root);
    try {
      FileTree tree = new FileTree(root, folderLock, capacityBytes, lease, clock, creator);
      tree.deleteTemporaries();
      tree.load(plausibility);
      return tree;
    } catch (IOException | RuntimeException e) {
      folderLock.close();
      throw e;
    }
  }

  /** How far the date of a file may lag behind its last use; a lease lasts that much longer. */
  private static Duration granularity(Duration lease) {
    if (lease.isZero()) {
      return UNLEASED_GRANULARITY;
    }
    Duration part = lease.dividedBy(32);
    return part.compareTo(MIN_GRANULARITY) < 0 ? MIN_GRANULARITY : part;
  }

  private void deleteTemporaries() throws IOException {
    try (Stream<Path> files = Files.list(temporaries)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
    }
  }

  private void load(Plausibility plausibility) throws IOException {
    long startNanos = clock.nanoTime();
    Loader loader = new Loader(plausibility);
    Files.walkFileTree(root, loader);
    // The capacity may have been lowered.
    lru.shrink(lru.usedBytes() - lru.capacityBytes(), this::deleteEvicted);
    log.atInfo()
        .addKeyValue("folder", root)
        .addKeyValue("files", lru.count())
        .addKeyValue("usedBytes", lru.usedBytes())
        .addKeyValue("capacityBytes", lru.capacityBytes())
        .addKeyValue("millis", (clock.nanoTime() - startNanos) / 1_000_000)
        .log("Opened the store");
    if (loader.deleted > 0) {
      log.atWarn()
          .addKeyValue("folder", root)
          .addKeyValue("files", loader.deleted)
          .log("Deleted files whose size does not fit their name; a crash or the disk cut them");
    }
    if (loader.foreign > 0) {
      log.atWarn()
          .addKeyValue("folder", root)
          .addKeyValue("files", loader.foreign)
          .log("Left files alone that are not of this store");
    }
  }

  private final class Loader extends SimpleFileVisitor<Path> {
    private final Plausibility plausibility;
    private final Instant now = clock.now();
    private long deleted;
    private long foreign;

    Loader(Plausibility plausibility) {
      this.plausibility = plausibility;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folder.equals(temporaries) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      var digest = FileScope.parse(file);
      // instance/function/shard/name
      Path relative = root.relativize(file);
      if (digest == null || relative.getNameCount() != 4 || !attributes.isRegularFile()) {
        if (relative.getNameCount() > 1) {
          foreign++;
        }
        return FileVisitResult.CONTINUE;
      }
      FileScope scope = scope(relative.getName(0) + "/" + relative.getName(1));
      FileKey key = new FileKey(scope, digest);
      if (!scope.file(digest).equals(file)) {
        foreign++;
      } else if (plausibility.test(key, attributes.size())) {
        lru.addUsedBefore(key, roomFor(attributes.size()), ageNanos(attributes));
      } else {
        Files.delete(file);
        deleted++;
      }
      return FileVisitResult.CONTINUE;
    }

    /** How long ago the file was last used, at least: it may have been used since it was dated. */
    private long ageNanos(BasicFileAttributes attributes) {
      Duration age =
          Duration.between(attributes.lastModifiedTime().toInstant(), now).minus(granularity);
      if (age.isNegative()) {
        return 0;
      }
      return age.compareTo(Duration.ofDays(36_500)) > 0
          ? Duration.ofDays(36_500).toNanos()
          : age.toNanos();
    }
  }

  private FileScope scope(String folderName) {
    return scopes.computeIfAbsent(folderName, name -> new FileScope(root.resolve(name)));
  }

  /** The namespace, for writing. */
  FileScope scope(BlobScope scope) {
    return scope(FileScope.folderName(scope));
  }

  /** The namespace, or null if nothing is in it; so that asking for names makes nothing grow. */
  @Nullable FileScope existingScope(BlobScope scope) {
    return scopes.get(FileScope.folderName(scope));
  }

  /** Looks the key up, which renews its lease; null if it is not held. */
  @Nullable Entry<FileKey> use(FileKey key) {
    Entry<FileKey> entry = lru.use(key);
    if (entry == null || !lru.isDueForRecord(entry, granularity.toNanos())) {
      return entry;
    }
    Path file = key.scope().file(key.digest());
    try {
      Files.setLastModifiedTime(file, FileTime.from(clock.now()));
      return entry;
    } catch (IOException e) {
      lose(entry, "Lost a file that could not be dated", e);
      return null;
    }
  }

  /** Starts a file, which is seen by nobody until it is published. */
  TemporaryFile create() throws IOException {
    Path file = temporaries.resolve(Long.toHexString(temporaryNumber.getAndIncrement()));
    try {
      return new TemporaryFile(this, file, creator.create(file));
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** Takes room for a file, evicting what may go. */
  void reserve(long bytes) throws StoreFullException {
    lru.reserve(bytes, this::deleteEvicted);
  }

  /** Gives back room that no file took. */
  void release(long bytes) {
    lru.release(bytes);
  }

  /** Disk that a file of that size takes. */
  static long roomFor(long fileBytes) {
    return Math.addExact(fileBytes, BLOCK_BYTES - 1L) / BLOCK_BYTES * BLOCK_BYTES;
  }

  /**
   * Gives the finished file its name, in room that was reserved.
   *
   * @return false if the key was held and is not to be replaced; then nothing was changed
   */
  boolean publish(Path temporary, FileKey key, long reservedBytes, boolean replace)
      throws IOException {
    ReentrantLock lock = stripe(key);
    lock.lock();
    try {
      if (!replace && lru.use(key) != null) {
        return false;
      }
      key.scope().makeFolderFor(key.digest());
      Files.move(temporary, key.scope().file(key.digest()), StandardCopyOption.ATOMIC_MOVE);
      lru.add(key, reservedBytes);
      return true;
    } catch (IOException e) {
      throw explained(e);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets and deletes a file that is not what it should be. */
  void lose(Entry<FileKey> entry, String why, @Nullable Exception cause) {
    FileKey key = entry.key();
    ReentrantLock lock = stripe(key);
    lock.lock();
    try {
      if (lru.remove(entry)) {
        lostCount.incrementAndGet();
        log.atWarn().addKeyValue("file", key.scope().file(key.digest())).setCause(cause).log(why);
        delete(key.scope().file(key.digest()));
      }
    } finally {
      lock.unlock();
    }
  }

  private void deleteEvicted(Entry<FileKey> entry) {
    FileKey key = entry.key();
    ReentrantLock lock = stripe(key);
    lock.lock();
    try {
      // The same key may have arrived anew since it was evicted, under the same name.
      if (lru.forget(entry)) {
        delete(key.scope().file(key.digest()));
      }
    } finally {
      lock.unlock();
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.atError().addKeyValue("file", file).setCause(e).log("Cannot delete a file of the store");
    }
  }

  private ReentrantLock stripe(FileKey key) {
    return stripes[Math.floorMod(key.hashCode(), STRIPES)];
  }

  /**
   * The failure as callers are to see it. A disk that is full below the capacity, because others
   * use it too, also costs what was used least, so that later writes find room.
   */
  IOException explained(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (!message.contains("No space left on device") && !message.contains("quota exceeded")) {
      return failure;
    }
    lru.shrink(lru.capacityBytes() / 64, this::deleteEvicted);
    return new StoreFullException(
        "The disk of %s is full, while the store takes %d of its %d bytes; make room on the disk or give the store less capacity"
            .formatted(root, lru.usedBytes(), lru.capacityBytes()),
        failure);
  }

  /** Names everything that is held in these namespaces. */
  void list(Collection<BlobScope> scopes, BiConsumer<BlobScope, Digest> each) {
    Map<FileScope, BlobScope> wanted = new HashMap<>();
    for (BlobScope scope : scopes) {
      FileScope fileScope = existingScope(scope);
      if (fileScope != null) {
        wanted.put(fileScope, scope);
      }
    }
    lru.forEach(
        key -> {
          BlobScope scope = wanted.get(key.scope());
          if (scope != null) {
            each.accept(scope, key.digest());
          }
        });
  }

  /** How full the tree is. */
  StoreUsage usage() {
    return new StoreUsage(
        lru.usedBytes(),
        lru.capacityBytes(),
        lru.count(),
        lru.evictedCount(),
        lostCount.get(),
        lru.evictedAge(),
        false);
  }

  LeasedLru<FileKey> lru() {
    return lru;
  }

  @Override
  public void close() throws IOException {
    folderLock.close();
  }
}
