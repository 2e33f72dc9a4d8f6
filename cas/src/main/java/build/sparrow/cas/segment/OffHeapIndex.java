package build.sparrow.cas.segment;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Where each record is and when it was last used: 24 bytes an entry, off the heap. Safe for many
 * threads.
 *
 * <p>Open addressing with linear probing in 256 stripes, each with a lock and a table of its own
 * that grows by half when it is three quarters full. A location is 32 bits of segment and 24 bits
 * of place in it; 0 is none. Times are in seconds of {@code StoreTime}.
 */
final class OffHeapIndex implements AutoCloseable {
  /** Set in what {@link #use} returns when the use is the first in its window of time. */
  static final long FIRST_IN_WINDOW = 1L << 62;

  private static final int STRIPE_BITS = 8;
  private static final int MIN_STRIPE_ENTRIES = 16;

  private final Stripe[] stripes = new Stripe[1 << STRIPE_BITS];
  private final int windowSeconds;
  // Of all tables that have not grown: to free memory on its own costs each time.
  private final Arena first = Arena.ofShared();

  /**
   * @param expectedEntries room is made for so many at once
   * @param windowSeconds of uses within one window of that length, the first is told
   */
  OffHeapIndex(long expectedEntries, int windowSeconds) {
    this.windowSeconds = windowSeconds;
    long each = (expectedEntries >> STRIPE_BITS) * 3 / 2;
    int capacity = Math.clamp(each, MIN_STRIPE_ENTRIES, 1 << 26);
    long tableBytes = (long) capacity * Stripe.ENTRY_BYTES;
    MemorySegment tables = first.allocate(tableBytes * stripes.length, Long.BYTES);
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new Stripe(capacity, tables.asSlice(i * tableBytes, tableBytes));
    }
  }

  static long location(int segment, long offset) {
    return (long) segment << 24 | offset / RecordHeader.ALIGNMENT;
  }

  static int segmentOf(long location) {
    return (int) (location >>> 24);
  }

  static long offsetOf(long location) {
    return (location & 0xffffff) * RecordHeader.ALIGNMENT;
  }

  private Stripe stripe(IndexKey key) {
    return stripes[(int) (key.high() >>> (Long.SIZE - STRIPE_BITS))];
  }

  /** The location, or 0; does not count as a use. */
  long find(IndexKey key) {
    return stripe(key).find(key);
  }

  /** The location, which is now used, or 0; with {@link #FIRST_IN_WINDOW}. */
  long use(IndexKey key, int now) {
    return stripe(key).use(key, now, windowSeconds);
  }

  /** When the record at that location was last used; -1 if the key is not there, or elsewhere. */
  int lastUse(IndexKey key, long location) {
    return stripe(key).lastUse(key, location);
  }

  /** Puts the key at that location; returns where it was before, or 0. */
  long put(IndexKey key, long location, int lastUse) {
    return stripe(key).put(key, location, lastUse, false);
  }

  /** As {@link #put}, but what is at a higher location stays. */
  void putNewer(IndexKey key, long location, int lastUse) {
    stripe(key).put(key, location, lastUse, true);
  }

  /** Moves the key, if it is where it is said to be. */
  boolean move(IndexKey key, long from, long to) {
    return stripe(key).move(key, from, to);
  }

  /** Removes the key, if it is at that location. */
  boolean remove(IndexKey key, long location) {
    return stripe(key).remove(key, location, _ -> true);
  }

  /** Removes the key, if it is at that location and its last use passes the test. */
  boolean removeIf(IndexKey key, long location, IntPredicate lastUse) {
    return stripe(key).remove(key, location, lastUse);
  }

  /** Removes all that is in a segment; takes as long as the index is large. */
  long removeSegment(int segment) {
    long removed = 0;
    for (Stripe stripe : stripes) {
      removed += stripe.removeSegment(segment);
    }
    return removed;
  }

  long count() {
    long count = 0;
    for (Stripe stripe : stripes) {
      count += stripe.count();
    }
    return count;
  }

  /** Memory that the tables take. */
  long bytes() {
    long bytes = 0;
    for (Stripe stripe : stripes) {
      bytes += stripe.bytes();
    }
    return bytes;
  }

  /** Frees the tables. Nothing may be called after that. */
  @Override
  public void close() {
    for (Stripe stripe : stripes) {
      stripe.close();
    }
    first.close();
  }

  /** One of the tables; all is guarded by its monitor, and nothing in it blocks. */
  private static final class Stripe {
    private static final int ENTRY_BYTES = 24;
    private static final int LOCATION = 8;
    private static final int CHECK = 16;
    private static final int LAST_USE = 20;

    private MemorySegment table;
    // Of a table that has grown.
    private @Nullable Arena own;
    private int capacity;
    private int count;

    Stripe(int capacity, MemorySegment table) {
      this.capacity = capacity;
      this.table = table;
    }

    private int home(long high) {
      return (int) Math.unsignedMultiplyHigh(high << STRIPE_BITS, capacity);
    }

    private long locationAt(int slot) {
      return table.get(ValueLayout.JAVA_LONG, (long) slot * ENTRY_BYTES + LOCATION);
    }

    private long highAt(int slot) {
      return table.get(ValueLayout.JAVA_LONG, (long) slot * ENTRY_BYTES);
    }

    private int checkAt(int slot) {
      return table.get(ValueLayout.JAVA_INT, (long) slot * ENTRY_BYTES + CHECK);
    }

    private int lastUseAt(int slot) {
      return table.get(ValueLayout.JAVA_INT, (long) slot * ENTRY_BYTES + LAST_USE);
    }

    private void set(int slot, long high, long location, int check, int lastUse) {
      long at = (long) slot * ENTRY_BYTES;
      table.set(ValueLayout.JAVA_LONG, at, high);
      table.set(ValueLayout.JAVA_LONG, at + LOCATION, location);
      table.set(ValueLayout.JAVA_INT, at + CHECK, check);
      table.set(ValueLayout.JAVA_INT, at + LAST_USE, lastUse);
    }

    private int next(int slot) {
      return slot + 1 == capacity ? 0 : slot + 1;
    }

    /** The slot of the key, or one's complement of the empty slot that it would get. */
    private int slot(IndexKey key) {
      int slot = home(key.high());
      while (locationAt(slot) != 0) {
        if (highAt(slot) == key.high() && checkAt(slot) == key.check()) {
          return slot;
        }
        slot = next(slot);
      }
      return ~slot;
    }

    private int slotAt(IndexKey key, long location) {
      int slot = slot(key);
      return slot >= 0 && locationAt(slot) == location ? slot : -1;
    }

    synchronized long find(IndexKey key) {
      int slot = slot(key);
      return slot < 0 ? 0 : locationAt(slot);
    }

    synchronized long use(IndexKey key, int now, int windowSeconds) {
      int slot = slot(key);
      if (slot < 0) {
        return 0;
      }
      int before = lastUseAt(slot);
      if (before >= now) {
        return locationAt(slot);
      }
      table.set(ValueLayout.JAVA_INT, (long) slot * ENTRY_BYTES + LAST_USE, now);
      boolean isFirst = before / windowSeconds != now / windowSeconds;
      return locationAt(slot) | (isFirst ? FIRST_IN_WINDOW : 0);
    }

    synchronized int lastUse(IndexKey key, long location) {
      int slot = slotAt(key, location);
      return slot < 0 ? -1 : lastUseAt(slot);
    }

    synchronized long put(IndexKey key, long location, int lastUse, boolean onlyNewer) {
      int slot = slot(key);
      if (slot >= 0) {
        long before = locationAt(slot);
        if (!onlyNewer || before < location) {
          set(slot, key.high(), location, key.check(), Math.max(lastUse, lastUseAt(slot)));
        }
        return before;
      }
      if ((count + 1) * 4L > capacity * 3L) {
        grow();
        slot = slot(key);
      }
      set(~slot, key.high(), location, key.check(), lastUse);
      count++;
      return 0;
    }

    private void grow() {
      int oldCapacity = capacity;
      MemorySegment oldTable = table;
      Arena old = own;
      Arena grown = Arena.ofShared();
      capacity = Math.toIntExact(oldCapacity + oldCapacity / 2L + 1);
      own = grown;
      table = grown.allocate((long) capacity * ENTRY_BYTES, Long.BYTES);
      for (int i = 0; i < oldCapacity; i++) {
        long at = (long) i * ENTRY_BYTES;
        if (oldTable.get(ValueLayout.JAVA_LONG, at + LOCATION) != 0) {
          int slot = home(oldTable.get(ValueLayout.JAVA_LONG, at));
          while (locationAt(slot) != 0) {
            slot = next(slot);
          }
          MemorySegment.copy(oldTable, at, table, (long) slot * ENTRY_BYTES, ENTRY_BYTES);
        }
      }
      if (old != null) {
        old.close();
      }
    }

    synchronized boolean move(IndexKey key, long from, long to) {
      int slot = slotAt(key, from);
      if (slot >= 0) {
        table.set(ValueLayout.JAVA_LONG, (long) slot * ENTRY_BYTES + LOCATION, to);
      }
      return slot >= 0;
    }

    synchronized boolean remove(IndexKey key, long location, IntPredicate lastUse) {
      int slot = slotAt(key, location);
      if (slot < 0 || !lastUse.test(lastUseAt(slot))) {
        return false;
      }
      removeSlot(slot);
      return true;
    }

    /** Empties the slot and closes the gap, so that no mark of what was there is needed. */
    private void removeSlot(int removed) {
      int gap = removed;
      for (int slot = next(gap); locationAt(slot) != 0; slot = next(slot)) {
        int home = home(highAt(slot));
        // Whether the entry may stand in the gap: its home is not after the gap, on the ring.
        boolean mayMove = gap <= slot ? home <= gap || home > slot : home <= gap && home > slot;
        if (mayMove) {
          MemorySegment.copy(
              table, (long) slot * ENTRY_BYTES, table, (long) gap * ENTRY_BYTES, ENTRY_BYTES);
          gap = slot;
        }
      }
      set(gap, 0, 0, 0, 0);
      count--;
    }

    synchronized long removeSegment(int segment) {
      long removed = 0;
      int slot = 0;
      while (slot < capacity) {
        long location = locationAt(slot);
        if (location != 0 && segmentOf(location) == segment) {
          // Another may move into the slot, so it is looked at again.
          removeSlot(slot);
          removed++;
        } else {
          slot++;
        }
      }
      return removed;
    }

    synchronized int count() {
      return count;
    }

    synchronized long bytes() {
      return (long) capacity * ENTRY_BYTES;
    }

    synchronized void close() {
      if (own != null) {
        own.close();
      }
    }
  }
}
