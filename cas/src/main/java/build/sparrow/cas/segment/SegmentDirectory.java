package build.sparrow.cas.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The records of one segment, in the order in which they were appended. For one thread. */
final class SegmentDirectory {
  static final int ENTRY_BYTES = 20;

  private long[] highs;
  private int[] checks;
  private int[] offsets;
  private int[] lengths;
  private int count;

  SegmentDirectory(int expectedCount) {
    int capacity = Math.max(16, expectedCount);
    highs = new long[capacity];
    checks = new int[capacity];
    offsets = new int[capacity];
    lengths = new int[capacity];
  }

  /** Adds a record that begins there and takes so much room; both are multiples of 64 bytes. */
  void add(IndexKey key, long offset, long recordBytes) {
    add(
        key.high(),
        key.check(),
        Math.toIntExact(offset / RecordHeader.ALIGNMENT),
        Math.toIntExact(recordBytes / RecordHeader.ALIGNMENT));
  }

  private void add(long high, int check, int offset, int length) {
    if (count == highs.length) {
      int capacity = 2 * count;
      highs = Arrays.copyOf(highs, capacity);
      checks = Arrays.copyOf(checks, capacity);
      offsets = Arrays.copyOf(offsets, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
    }
    highs[count] = high;
    checks[count] = check;
    offsets[count] = offset;
    lengths[count] = length;
    count++;
  }

  int count() {
    return count;
  }

  IndexKey key(int i) {
    return new IndexKey(highs[i], checks[i]);
  }

  long offset(int i) {
    return (long) offsets[i] * RecordHeader.ALIGNMENT;
  }

  long recordBytes(int i) {
    return (long) lengths[i] * RecordHeader.ALIGNMENT;
  }

  void encode(ByteBuffer buffer) {
    for (int i = 0; i < count; i++) {
      buffer.putLong(highs[i]).putInt(checks[i]).putInt(offsets[i]).putInt(lengths[i]);
    }
  }

  static SegmentDirectory decode(ByteBuffer buffer, int count) {
    SegmentDirectory directory = new SegmentDirectory(count);
    for (int i = 0; i < count; i++) {
      directory.add(buffer.getLong(), buffer.getInt(), buffer.getInt(), buffer.getInt());
    }
    return directory;
  }
}
