package build.sparrow.cas.segment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The two ends of the log: small records, of which many are used together, do not lie among bulk
 * ones, so that they are evicted apart.
 */
record Heads(LogHead small, LogHead bulk, SegmentSizes sizes) {
  /** Appends records that came from outside. */
  void append(List<NewRecord> records) throws IOException {
    for (boolean isBulk : new boolean[] {false, true}) {
      List<NewRecord> some = select(records, isBulk);
      if (!some.isEmpty()) {
        head(isBulk).append(some);
      }
    }
  }

  /** Appends copies, for eviction. */
  void copy(List<NewRecord> records) throws IOException {
    for (boolean isBulk : new boolean[] {false, true}) {
      List<NewRecord> some = select(records, isBulk);
      if (!some.isEmpty()) {
        head(isBulk).copy(some);
      }
    }
  }

  private LogHead head(boolean isBulk) {
    return isBulk ? bulk : small;
  }

  private List<NewRecord> select(List<NewRecord> records, boolean bulk) {
    List<NewRecord> selected = new ArrayList<>(records.size());
    for (NewRecord record : records) {
      if (isBulk(record.header()) == bulk) {
        selected.add(record);
      }
    }
    return selected;
  }

  /**
   * Results go with the small records, whatever their size: two with the same key must lie in one
   * part of the log, where the later one is the newer.
   */
  private boolean isBulk(RecordHeader header) {
    return header.key().kind() == RecordKind.BLOB && header.storedBytes() > sizes.smallBytes();
  }
}
