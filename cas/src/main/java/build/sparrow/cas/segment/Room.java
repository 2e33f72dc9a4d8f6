package build.sparrow.cas.segment;

import build.sparrow.cas.StoreException;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk that the store may take, and what is done when there is no more: evict; and while the
 * volume itself is full, refuse to write.
 */
final class Room {
  private static final Logger log = LoggerFactory.getLogger(Room.class);

  /** How long a full volume is left alone before a write tries it again. */
  static final Duration FULL_DISK_PAUSE = Duration.ofSeconds(1);

  private final Disk disk;
  private final Path folder;
  private final SegmentSizes sizes;
  private final StoreTime time;
  private final Duration lease;
  private final DiskTrust trust;
  private final AtomicLong claimedBytes = new AtomicLong();
  private final ReentrantLock evicting = new ReentrantLock();
  private volatile Evictor evictor = () -> false;

  private volatile boolean isReadOnly;
  private volatile long readOnlyUntilNanos;

  /** Makes room; false if there is nothing that may go. */
  @FunctionalInterface
  interface Evictor {
    boolean evictOne() throws IOException;
  }

  Room(
      Disk disk, Path folder, SegmentSizes sizes, StoreTime time, Duration lease, DiskTrust trust) {
    this.disk = disk;
    this.folder = folder;
    this.sizes = sizes;
    this.time = time;
    this.lease = lease;
    this.trust = trust;
  }

  void evictWith(Evictor used) {
    evictor = used;
  }

  /**
   * Takes room for what is written from outside, evicting as much as that needs. Not to be called
   * with the lock of a head.
   *
   * @throws StoreFullException if all that is left is leased, or the volume is full; then nothing
   *     was taken
   */
  void claim(long bytes) throws IOException {
    checkWritable();
    if (claimedBytes.addAndGet(bytes) <= sizes.writableBytes()) {
      return;
    }
    try {
      shrink(0);
    } catch (IOException | RuntimeException e) {
      claimedBytes.addAndGet(-bytes);
      throw e;
    }
  }

  /** Evicts until there is so much room for what is written from outside. */
  void shrink(long freeBytes) throws IOException {
    evicting.lock();
    try {
      while (claimedBytes.get() > sizes.writableBytes() - freeBytes) {
        if (!evictor.evictOne()) {
          throw new StoreFullException(
              "The store is full: all of its %d bytes are held for blobs used within the last %s or being written; give it more capacity or a shorter lease"
                  .formatted(sizes.capacityBytes(), lease));
        }
      }
    } finally {
      evicting.unlock();
    }
  }

  /** Takes room that is kept for eviction; for the thread that evicts. */
  void claimReserved(long bytes) {
    claimedBytes.addAndGet(bytes);
  }

  void release(long bytes) {
    claimedBytes.addAndGet(-bytes);
  }

  long claimedBytes() {
    return claimedBytes.get();
  }

  /** Sees to it that the volume has room for a segment, whatever the capacity says. */
  void checkVolume() throws IOException {
    long usableBytes = disk.usableBytes(folder);
    if (usableBytes >= 2 * sizes.segmentBytes()) {
      return;
    }
    evictForVolume();
    if (disk.usableBytes(folder) < sizes.segmentBytes()) {
      throw full(null);
    }
  }

  private void evictForVolume() throws IOException {
    evicting.lock();
    try {
      evictor.evictOne();
    } finally {
      evicting.unlock();
    }
  }

  /** Refuses at once while the volume is known to be full, or not to keep what it is given. */
  void checkWritable() throws StoreException {
    trust.check();
    if (isReadOnly && time.nanoTime() - readOnlyUntilNanos < 0) {
      throw explanation(null);
    }
  }

  /**
   * A failure to write as callers are to see it. Not to be called with the lock of a head, as it
   * evicts, so that a later write finds room.
   */
  IOException explained(IOException failure) {
    return Disk.isFull(failure) ? full(failure) : failure;
  }

  private StoreFullException full(@Nullable IOException cause) {
    readOnlyUntilNanos = time.nanoTime() + FULL_DISK_PAUSE.toNanos();
    if (!isReadOnly) {
      isReadOnly = true;
      log.atError()
          .addKeyValue("folder", folder)
          .log("The disk is full, so nothing is written until there is room; reads go on");
    }
    try {
      evictForVolume();
    } catch (IOException e) {
      log.atWarn().addKeyValue("folder", folder).setCause(e).log("Cannot evict from a full disk");
    }
    return explanation(cause);
  }

  private StoreFullException explanation(@Nullable IOException cause) {
    String message =
        "The disk of %s is full, while the store takes %d of its %d bytes; make room on the disk or give the store less capacity"
            .formatted(folder, claimedBytes.get(), sizes.capacityBytes());
    return cause == null ? new StoreFullException(message) : new StoreFullException(message, cause);
  }

  /** Told of each write that went well. */
  void wrote() {
    if (isReadOnly) {
      isReadOnly = false;
      log.atInfo().addKeyValue("folder", folder).log("The disk has room again");
    }
  }

  boolean isReadOnly() {
    return isReadOnly || trust.fault().isPresent();
  }
}
