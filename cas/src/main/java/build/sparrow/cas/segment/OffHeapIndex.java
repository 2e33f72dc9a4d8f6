package build.sparrow.cas.segment;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger log = LoggerFactory.getLogger(OffHeapIndex.class);

  private static final int STRIPE_BITS = 8;
  private static final int MIN_STRIPE_ENTRIES = 16;
  private static final IndexKey NO_KEY = new IndexKey(0, 0);

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
    // In one piece, as large pages want it.
    long tableBytes = (long) capacity * Table.ENTRY_BYTES;
    MemorySegment tables = first.allocate(tableBytes * stripes.length, Long.BYTES);
    if (tables.byteSize() >= LargePages.BYTES) {
      boolean hasLargePages = LargePages.collapse(tables);
      log.atDebug().addKeyValue("largePages", hasLargePages).log("Made the index");
    }
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new Stripe(new Table(tables.asSlice(i * tableBytes, tableBytes), capacity));
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

  /**
   * Whether the key may be there; false if it surely is not. Without a lock, so that a processor
   * can fetch what many such calls ask for at the same time; what is asked after that is at hand.
   */
  boolean mayHold(IndexKey key) {
    return stripe(key).mayHold(key);
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

  /** Frees the tables. Nothing may be called after that. */
  @Override
  public void close() {
    for (Stripe stripe : stripes) {
      stripe.close();
    }
    first.close();
  }

  /** Entries side by side; those of one table are for whoever has the stripe's monitor. */
  private record Table(MemorySegment memory, int capacity) {
    private static final int ENTRY_BYTES = 24;
    private static final int LOCATION = 8;
    private static final int CHECK = 16;
    private static final int LAST_USE = 20;

    static Table allocate(Arena arena, int capacity) {
      return new Table(arena.allocate((long) capacity * ENTRY_BYTES, Long.BYTES), capacity);
    }

    int home(long high) {
      return (int) Math.unsignedMultiplyHigh(high << STRIPE_BITS, capacity);
    }

    int next(int slot) {
      return slot + 1 == capacity ? 0 : slot + 1;
    }

    long highAt(int slot) {
      return memory.get(ValueLayout.JAVA_LONG, (long) slot * ENTRY_BYTES);
    }

    long locationAt(int slot) {
      return memory.get(ValueLayout.JAVA_LONG, (long) slot * ENTRY_BYTES + LOCATION);
    }

    void locationAt(int slot, long location) {
      memory.set(ValueLayout.JAVA_LONG, (long) slot * ENTRY_BYTES + LOCATION, location);
    }

    int checkAt(int slot) {
      return memory.get(ValueLayout.JAVA_INT, (long) slot * ENTRY_BYTES + CHECK);
    }

    int lastUseAt(int slot) {
      return memory.get(ValueLayout.JAVA_INT, (long) slot * ENTRY_BYTES + LAST_USE);
    }

    void lastUseAt(int slot, int lastUse) {
      memory.set(ValueLayout.JAVA_INT, (long) slot * ENTRY_BYTES + LAST_USE, lastUse);
    }

    void set(int slot, IndexKey key, long location, int lastUse) {
      long at = (long) slot * ENTRY_BYTES;
      memory.set(ValueLayout.JAVA_LONG, at, key.high());
      memory.set(ValueLayout.JAVA_INT, at + CHECK, key.check());
      memory.set(ValueLayout.JAVA_INT, at + LAST_USE, lastUse);
      memory.set(ValueLayout.JAVA_LONG, at + LOCATION, location);
    }

    void copy(int from, Table to, int slot) {
      MemorySegment.copy(
          memory, (long) from * ENTRY_BYTES, to.memory, (long) slot * ENTRY_BYTES, ENTRY_BYTES);
    }

    /** The slot of the key, or one's complement of the empty slot that it would get. */
    int slot(IndexKey key) {
      int slot = home(key.high());
      while (locationAt(slot) != 0) {
        if (highAt(slot) == key.high() && checkAt(slot) == key.check()) {
          return slot;
        }
        slot = next(slot);
      }
      return ~slot;
    }
  }

  /** One of the tables; nothing that its monitor guards blocks. */
  private static final class Stripe {
    private volatile Table table;
    // Of a table that has grown.
    private @Nullable Arena own;
    private int count;

    Stripe(Table table) {
      this.table = table;
    }

    boolean mayHold(IndexKey key) {
      Table seen = table;
      try {
        // Entries move towards their home without leaving it empty in between.
        return seen.locationAt(seen.home(key.high())) != 0;
      } catch (IllegalStateException e) {
        // It has grown, and what was seen is freed.
        return true;
      }
    }

    private int slotAt(IndexKey key, long location) {
      int slot = table.slot(key);
      return slot >= 0 && table.locationAt(slot) == location ? slot : -1;
    }

    synchronized long find(IndexKey key) {
      int slot = table.slot(key);
      return slot < 0 ? 0 : table.locationAt(slot);
    }

    synchronized long use(IndexKey key, int now, int windowSeconds) {
      Table held = table;
      int slot = held.slot(key);
      if (slot < 0) {
        return 0;
      }
      int before = held.lastUseAt(slot);
      if (before >= now) {
        return held.locationAt(slot);
      }
      held.lastUseAt(slot, now);
      boolean isFirst = before / windowSeconds != now / windowSeconds;
      return held.locationAt(slot) | (isFirst ? FIRST_IN_WINDOW : 0);
    }

    synchronized int lastUse(IndexKey key, long location) {
      int slot = slotAt(key, location);
      return slot < 0 ? -1 : table.lastUseAt(slot);
    }

    synchronized long put(IndexKey key, long location, int lastUse, boolean onlyNewer) {
      int slot = table.slot(key);
      if (slot >= 0) {
        long before = table.locationAt(slot);
        if (!onlyNewer || before < location) {
          table.set(slot, key, location, Math.max(lastUse, table.lastUseAt(slot)));
        }
        return before;
      }
      if ((count + 1) * 4L > table.capacity() * 3L) {
        grow();
        slot = table.slot(key);
      }
      table.set(~slot, key, location, lastUse);
      count++;
      return 0;
    }

    private void grow() {
      Table old = table;
      Arena oldArena = own;
      Arena arena = Arena.ofShared();
      Table grown =
          Table.allocate(arena, Math.toIntExact(old.capacity() + old.capacity() / 2L + 1));
      for (int i = 0; i < old.capacity(); i++) {
        if (old.locationAt(i) != 0) {
          int slot = grown.home(old.highAt(i));
          while (grown.locationAt(slot) != 0) {
            slot = grown.next(slot);
          }
          old.copy(i, grown, slot);
        }
      }
      table = grown;
      own = arena;
      if (oldArena != null) {
        oldArena.close();
      }
    }

    synchronized boolean move(IndexKey key, long from, long to) {
      int slot = slotAt(key, from);
      if (slot >= 0) {
        table.locationAt(slot, to);
      }
      return slot >= 0;
    }

    synchronized boolean remove(IndexKey key, long location, IntPredicate lastUse) {
      int slot = slotAt(key, location);
      if (slot < 0 || !lastUse.test(table.lastUseAt(slot))) {
        return false;
      }
      removeSlot(slot);
      return true;
    }

    /** Empties the slot and closes the gap, so that no mark of what was there is needed. */
    private void removeSlot(int removed) {
      Table held = table;
      int gap = removed;
      for (int slot = held.next(gap); held.locationAt(slot) != 0; slot = held.next(slot)) {
        int home = held.home(held.highAt(slot));
        // Whether the entry may stand in the gap: its home is not after the gap, on the ring.
        boolean mayMove = gap <= slot ? home <= gap || home > slot : home <= gap && home > slot;
        if (mayMove) {
          held.copy(slot, held, gap);
          gap = slot;
        }
      }
      held.set(gap, NO_KEY, 0, 0);
      count--;
    }

    synchronized long removeSegment(int segment) {
      long removed = 0;
      int slot = 0;
      while (slot < table.capacity()) {
        long location = table.locationAt(slot);
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

    synchronized void close() {
      if (own != null) {
        own.close();
      }
    }
  }
}
