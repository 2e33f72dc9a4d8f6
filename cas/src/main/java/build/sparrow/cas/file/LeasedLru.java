package build.sparrow.cas.file;

import build.sparrow.cas.StoreFullException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is held, how much room it takes, and in which order it may go: least recently used first,
 * and nothing that was used within the lease.
 *
 * <p>A use is one atomic write to the entry, without a lock. The heap of last uses is brought up to
 * date only when something must go: whatever was used since it was put on the heap is put there
 * again. The entry that then stands first is the least recently used; if it is leased, all are.
 */
final class LeasedLru<K> {
  private static final long DEAD = Long.MIN_VALUE;
  private static final int MIN_DEAD_TO_SWEEP = 1024;

  private final long capacityBytes;
  private final long leaseNanos;
  private final LongSupplier nanoTime;
  private final long originNanos;

  private final ConcurrentHashMap<K, Entry<K>> entries = new ConcurrentHashMap<>();
  private final AtomicLong usedBytes = new AtomicLong();
  private final AtomicLong evictedCount = new AtomicLong();
  private final AtomicLong evictedAgeNanos = new AtomicLong();

  private final ReentrantLock heapLock = new ReentrantLock();
  // Guarded by heapLock.
  private final PriorityQueue<Entry<K>> heap =
      new PriorityQueue<>(Comparator.comparingLong(entry -> entry.heapNanos));
  // Entries on the heap that are dead, roughly.
  private final AtomicLong deadOnHeap = new AtomicLong();

  /** One thing that is held, until it is evicted or removed. */
  static final class Entry<K> {
    private static final VarHandle USED_NANOS;

    static {
      try {
        USED_NANOS = MethodHandles.lookup().findVarHandle(Entry.class, "usedNanos", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final K key;
    private final long bytes;
    private volatile long usedNanos;
    private volatile long recordedNanos;
    // The place on the heap; changes only while the entry is not on it.
    private long heapNanos;

    private Entry(K key, long bytes, long usedNanos) {
      this.key = key;
      this.bytes = bytes;
      this.usedNanos = usedNanos;
      this.recordedNanos = usedNanos;
      this.heapNanos = usedNanos;
    }

    K key() {
      return key;
    }

    private boolean isDead() {
      return usedNanos == DEAD;
    }

    /** Marks a use; false if the entry has gone meanwhile. */
    private boolean use(long nowNanos) {
      while (true) {
        long before = usedNanos;
        if (before == DEAD) {
          return false;
        }
        // A thread that was held up must not make the entry look older than another made it.
        if (before >= nowNanos || USED_NANOS.compareAndSet(this, before, nowNanos)) {
          return true;
        }
      }
    }

    private boolean die(long expectedUsedNanos) {
      return expectedUsedNanos != DEAD && USED_NANOS.compareAndSet(this, expectedUsedNanos, DEAD);
    }
  }

  LeasedLru(long capacityBytes, Duration lease, LongSupplier nanoTime) {
    this.capacityBytes = capacityBytes;
    this.leaseNanos = lease.toNanos();
    this.nanoTime = nanoTime;
    this.originNanos = nanoTime.getAsLong();
  }

  /** Marks a use and so renews the lease; null if the key is not held. */
  @Nullable Entry<K> use(K key) {
    Entry<K> entry = entries.get(key);
    return entry != null && entry.use(now()) ? entry : null;
  }

  /**
   * Whether the entry's last use should be written down, because it is that much younger than what
   * was written last; says so to one of several callers.
   */
  boolean isDueForRecord(Entry<K> entry, long granularityNanos) {
    long now = now();
    if (now - entry.recordedNanos < granularityNanos) {
      return false;
    }
    entry.recordedNanos = now;
    return true;
  }

  /**
   * Takes room for something that is not yet held, evicting as much as that needs.
   *
   * @param onEvicted hears of each entry that went, on this thread; it is no longer found by then
   * @throws StoreFullException if all that is left is leased; then nothing was taken
   */
  void reserve(long bytes, Consumer<Entry<K>> onEvicted) throws StoreFullException {
    if (usedBytes.addAndGet(bytes) <= capacityBytes) {
      return;
    }
    try {
      while (usedBytes.get() > capacityBytes) {
        Entry<K> evicted = evictOne();
        if (evicted == null) {
          throw new StoreFullException(
              "The store is full: all of its %d bytes are held for blobs used within the last %s or being written; give it more capacity or a shorter lease"
                  .formatted(capacityBytes, Duration.ofNanos(leaseNanos)));
        }
        onEvicted.accept(evicted);
      }
    } catch (StoreFullException | RuntimeException e) {
      usedBytes.addAndGet(-bytes);
      throw e;
    }
  }

  /** Gives back room that was reserved and not used. */
  void release(long bytes) {
    usedBytes.addAndGet(-bytes);
  }

  /** Evicts until the given room was won or all that is left is leased. */
  void shrink(long bytes, Consumer<Entry<K>> onEvicted) {
    long won = 0;
    while (won < bytes) {
      Entry<K> evicted = evictOne();
      if (evicted == null) {
        return;
      }
      won += evicted.bytes;
      onEvicted.accept(evicted);
    }
  }

  /**
   * Holds the key from now on, in room that was reserved; what was held by that key before goes.
   */
  void add(K key, long bytes) {
    insert(new Entry<>(key, bytes, now()));
  }

  /** As {@link #add} for something found at the start, which was last used so long ago. */
  void addUsedBefore(K key, long bytes, long ageNanos) {
    usedBytes.addAndGet(bytes);
    insert(new Entry<>(key, bytes, now() - ageNanos));
  }

  private void insert(Entry<K> entry) {
    Entry<K> before = entries.put(entry.key, entry);
    if (before != null) {
      kill(before);
    }
    heapLock.lock();
    try {
      heap.add(entry);
      // What is replaced again and again would fill the heap of a store that never evicts.
      if (deadOnHeap.get() > Math.max(MIN_DEAD_TO_SWEEP, heap.size() / 2)) {
        heap.removeIf(Entry::isDead);
        deadOnHeap.set(0);
      }
    } finally {
      heapLock.unlock();
    }
  }

  /** Takes the entry out; false if it had gone before. */
  boolean remove(Entry<K> entry) {
    boolean killed = kill(entry);
    forget(entry);
    return killed;
  }

  /** Ends what {@link #reserve} told of: whether nothing else is held by the entry's key now. */
  boolean forget(Entry<K> entry) {
    entries.remove(entry.key, entry);
    return !entries.containsKey(entry.key);
  }

  private boolean kill(Entry<K> entry) {
    while (!entry.isDead()) {
      if (entry.die(entry.usedNanos)) {
        // It stays on the heap, until an eviction or a sweep drops it.
        deadOnHeap.incrementAndGet();
        usedBytes.addAndGet(-entry.bytes);
        return true;
      }
    }
    return false;
  }

  private @Nullable Entry<K> evictOne() {
    heapLock.lock();
    try {
      long now = now();
      for (Entry<K> first = heap.peek(); first != null; first = heap.peek()) {
        long used = first.usedNanos;
        if (used == DEAD) {
          heap.poll();
        } else if (used != first.heapNanos) {
          heap.poll();
          first.heapNanos = used;
          heap.add(first);
        } else if (now - used < leaseNanos) {
          return null;
        } else if (first.die(used)) {
          heap.poll();
          usedBytes.addAndGet(-first.bytes);
          evictedCount.incrementAndGet();
          evictedAgeNanos.set(now - used);
          return first;
        }
      }
      return null;
    } finally {
      heapLock.unlock();
    }
  }

  private long now() {
    return nanoTime.getAsLong() - originNanos;
  }

  /** Names what is held, in no order and without using it. */
  void forEach(Consumer<K> each) {
    entries.keySet().forEach(each);
  }

  long usedBytes() {
    return usedBytes.get();
  }

  long capacityBytes() {
    return capacityBytes;
  }

  long count() {
    return entries.mappingCount();
  }

  int heapSize() {
    heapLock.lock();
    try {
      return heap.size();
    } finally {
      heapLock.unlock();
    }
  }

  long evictedCount() {
    return evictedCount.get();
  }

  /** How long what was evicted last had not been used; zero if nothing was. */
  Duration evictedAge() {
    return Duration.ofNanos(evictedAgeNanos.get());
  }
}
