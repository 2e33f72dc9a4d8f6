package build.sparrow.cas.segment;

import build.sparrow.cas.disk.Disk;
import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fills the index of a store that is opened from what is in its folder. */
final class Recovery {
  private static final int MAX_THREADS = 4;

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private final Segments segments;
  private final SealedSegments sealed;
  private final OffHeapIndex index;
  private final KeyHasher hasher;
  private final StoreTime time;
  private final int windowSeconds;

  Recovery(
      Segments segments,
      SealedSegments sealed,
      OffHeapIndex index,
      KeyHasher hasher,
      StoreTime time,
      int windowSeconds) {
    this.segments = segments;
    this.sealed = sealed;
    this.index = index;
    this.hasher = hasher;
    this.time = time;
    this.windowSeconds = windowSeconds;
  }

  /**
   * What lies in a folder.
   *
   * @param ids of segments, rising
   * @param recordCount what the footers have, as far as they are believed before they are checked
   */
  record Found(List<Integer> ids, long recordCount) {}

  /** Looks into the folder, and deletes what was being written when an earlier store ended. */
  static Found look(Disk disk, Path folder) throws IOException {
    List<Integer> ids = new ArrayList<>();
    long recordCount = 0;
    for (Path file : disk.list(folder)) {
      int id = Segment.idOf(file);
      if (id >= 0) {
        ids.add(id);
        try (DiskFile open = disk.open(file)) {
          recordCount += SegmentFooter.readCount(open);
        }
      } else if (file.toString().endsWith(SegmentStore.TEMPORARY_SUFFIX)) {
        disk.delete(file);
      }
    }
    ids.sort(Comparator.naturalOrder());
    return new Found(ids, recordCount);
  }

  /**
   * Loads what was found.
   *
   * @param evictable hears of each segment that may be evicted
   */
  void load(Found found, Consumer<Segment> evictable) throws IOException {
    // What takes the time is waiting for memory, which processors do better together.
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MAX_THREADS);
    try (ExecutorService loaders = Executors.newFixedThreadPool(threads)) {
      List<Future<Boolean>> loading = new ArrayList<>();
      for (int id : found.ids()) {
        loading.add(loaders.submit(() -> load(id, evictable)));
      }
      for (Future<Boolean> one : loading) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("The store cannot be read: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while the store was opened");
    }
  }

  private boolean load(int id, Consumer<Segment> evictable) throws IOException {
    Segment segment = segments.found(id);
    boolean isUsable;
    try (Segment.Lease lease = segment.lease()) {
      isUsable = lease != null && load(segment, lease.file());
    }
    if (segment.isLarge()) {
      segment.rest();
    }
    if (isUsable) {
      evictable.accept(segment);
    } else {
      segments.delete(segment);
    }
    return isUsable;
  }

  /** Returns whether there is anything in the segment. */
  private boolean load(Segment segment, DiskFile file) throws IOException {
    SegmentFooter footer = SegmentFooter.read(file, segment.salt());
    if (footer == null) {
      return rebuild(segment, file);
    }
    time.atLeast(footer.sealedAt());
    segment.sealed(footer.sealedAt(), footer.dataEnd());
    int now = time.now();
    SegmentDirectory directory = footer.directory();
    for (int i = 0; i < directory.count(); i++) {
      // What is not known is taken for leased.
      int use = footer.hasUses() ? footer.use(i) : now;
      if (use != SegmentFooter.NOT_LIVE) {
        int lastUse = (int) Math.min(now, Math.max(0, use) + (long) windowSeconds);
        long location = OffHeapIndex.location(segment.id(), directory.offset(i));
        index.putNewer(directory.key(i), location, lastUse);
      }
    }
    segment.hasNewUses(!footer.hasUses());
    adopt(segment, directory);
    return directory.count() > 0;
  }

  private boolean rebuild(Segment segment, DiskFile file) throws IOException {
    SegmentScan.Found found = SegmentScan.scan(file, segment.salt(), hasher);
    SegmentDirectory directory = found.directory();
    log.atInfo()
        .addKeyValue("file", segment.path())
        .addKeyValue("records", directory.count())
        .addKeyValue("damagedRecords", found.damagedRecords())
        .log("Scanned a segment that was not sealed");
    if (directory.count() == 0) {
      return false;
    }
    int now = time.now();
    for (int i = 0; i < directory.count(); i++) {
      long location = OffHeapIndex.location(segment.id(), directory.offset(i));
      index.putNewer(directory.key(i), location, now);
    }
    segments.settle(segment, sealed.seal(segment, file, directory, found.end()));
    adopt(segment, directory);
    return true;
  }

  /** A single record is evicted by its own last use, and so needs no copy. */
  private static void adopt(Segment segment, SegmentDirectory directory) {
    if (directory.count() == 1 && directory.offset(0) == Segment.HEADER_BYTES) {
      segment.largeKey(directory.key(0));
    }
  }
}
