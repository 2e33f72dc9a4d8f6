package build.sparrow.cas.segment;

import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what was written durable, many writes at a time, and seals segments that are full: first
 * their records become durable, then their footer is written.
 */
final class Syncer {
  /** What a power cut may cost, in time; with {@link #SYNC_BYTES}, whichever comes first. */
  static final Duration SYNC_INTERVAL = Duration.ofMillis(50);

  /** What a power cut may cost, in bytes. */
  static final long SYNC_BYTES = 8 << 20;

  private static final Logger log = LoggerFactory.getLogger(Syncer.class);

  /** Does what a segment needs to be sealed, or deletes an empty one. */
  @FunctionalInterface
  interface Sealer {
    void seal(OpenSegment segment) throws IOException;
  }

  /** Makes new names of files durable. */
  @FunctionalInterface
  interface Names {
    void sync() throws IOException;
  }

  private final Names names;
  private final DiskTrust trust;
  private final Set<DiskFile> dirty = ConcurrentHashMap.newKeySet();
  private final AtomicLong dirtyBytes = new AtomicLong();
  private final ConcurrentLinkedQueue<OpenSegment> toSeal = new ConcurrentLinkedQueue<>();
  private final List<LogHead> heads = new ArrayList<>();
  private volatile Sealer sealer = _ -> {};

  private final ReentrantLock rounds = new ReentrantLock();
  private final AtomicLong sealedCount = new AtomicLong();
  private final AtomicLong requested = new AtomicLong();
  // Guarded by rounds.
  private long completed;

  private final Object signal = new Object();
  // Guarded by signal.
  private boolean hasWork;
  private boolean isUrgent;

  Syncer(Names names, DiskTrust trust) {
    this.names = names;
    this.trust = trust;
  }

  /** Completes the syncer; before it is used. */
  void serve(List<LogHead> served, Sealer used) {
    heads.addAll(served);
    sealer = used;
  }

  /** Told of bytes that were handed to a file and are not durable yet. */
  void wrote(DiskFile file, long bytes) {
    dirty.add(file);
    long before = dirtyBytes.getAndAdd(bytes);
    if (before == 0 || (before < SYNC_BYTES && before + bytes >= SYNC_BYTES)) {
      signal(before + bytes >= SYNC_BYTES);
    }
  }

  /** Told of a segment that is to be sealed. */
  void seal(OpenSegment segment) {
    toSeal.add(segment);
    wake();
  }

  /** Has a round done soon. */
  void wake() {
    signal(false);
  }

  private void signal(boolean urgent) {
    synchronized (signal) {
      hasWork = true;
      isUrgent |= urgent;
      signal.notifyAll();
    }
  }

  /** Waits for work and then for more of it, up to the interval. */
  void awaitWork() throws InterruptedException {
    synchronized (signal) {
      while (!hasWork) {
        signal.wait();
      }
      long end = System.nanoTime() + SYNC_INTERVAL.toNanos();
      long leftMillis = SYNC_INTERVAL.toMillis();
      while (!isUrgent && leftMillis > 0) {
        signal.wait(leftMillis);
        leftMillis = (end - System.nanoTime()) / 1_000_000;
      }
      hasWork = false;
      isUrgent = false;
    }
  }

  /**
   * Returns when all that was written before the call is durable; calls that come together share
   * one round.
   *
   * @throws IOException if it is not; then no later call succeeds, since the kernel takes what it
   *     could not write for written
   */
  void sync() throws IOException {
    long ticket = requested.incrementAndGet();
    rounds.lock();
    try {
      if (completed < ticket) {
        long covered = requested.get();
        round();
        completed = covered;
      }
    } finally {
      rounds.unlock();
    }
  }

  /** Seals what is full by now; whether there was anything. */
  boolean sealFull() throws IOException {
    long before = sealedCount.get();
    sync();
    return sealedCount.get() > before;
  }

  private void round() throws IOException {
    trust.check();
    try {
      syncAll();
    } catch (IOException e) {
      trust.lose(e);
      throw e;
    }
    for (LogHead head : heads) {
      toSeal.addAll(head.takeSettled());
    }
    sealAll();
  }

  private void syncAll() throws IOException {
    // A file whose name is lost is lost with all that is in it.
    names.sync();
    dirtyBytes.set(0);
    for (DiskFile file : List.copyOf(dirty)) {
      dirty.remove(file);
      try {
        file.sync();
      } catch (ClosedChannelException e) {
        // An upload was given up meanwhile.
      }
    }
  }

  private void sealAll() {
    List<OpenSegment> failed = new ArrayList<>();
    for (OpenSegment next = toSeal.poll(); next != null; next = toSeal.poll()) {
      try {
        dirty.remove(next.file());
        sealer.seal(next);
        sealedCount.incrementAndGet();
      } catch (IOException e) {
        // It is read all the same, and scanned when the store is opened; another round tries again.
        log.atWarn().addKeyValue("file", next.segment().path()).setCause(e).log("Cannot seal");
        failed.add(next);
      }
    }
    toSeal.addAll(failed);
  }
}
