package build.sparrow.cas.segment;

import build.sparrow.cas.disk.Disk;
import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One file of records. Who reads from it holds a lease on the file, so that it can be deleted at
 * any time; the file of a segment with a single large record is open only while it is read.
 */
final class Segment {
  /** What stands before the first record: words for people. */
  static final int HEADER_BYTES = 64;

  private static final String SUFFIX = ".seg";

  private final int id;
  private final long salt;
  private final Disk disk;
  private final Path path;

  // Guarded by this: the file, which is null while closed, and how many use it.
  private @Nullable DiskFile file;
  private int users;
  private boolean deleted;

  /** Room on the disk that was claimed for the file. */
  private volatile long claimedBytes;

  // Of a segment that was sealed; written before it is in the order of eviction.
  private volatile int sealedAt;
  private volatile long dataEnd;

  // Of a segment with one large record.
  private volatile @Nullable IndexKey largeKey;

  // For eviction alone: before these times so much is leased that it is not worth looking.
  private int cheapAt;
  private int possibleAt;

  /** Whether uses were recorded in memory only since they were last written to the footer. */
  private volatile boolean hasNewUses;

  Segment(int id, long salt, Disk disk, Path folder) {
    this.id = id;
    this.salt = salt;
    this.disk = disk;
    this.path = folder.resolve(name(id));
  }

  static String name(int id) {
    return "%08x".formatted(id) + SUFFIX;
  }

  /** The number in the name of a segment's file; -1 if it is no such name. */
  static int idOf(Path file) {
    String name = String.valueOf(file.getFileName());
    if (!name.matches("[0-7][0-9a-f]{7}\\.seg")) {
      return -1;
    }
    return Integer.parseInt(name.substring(0, name.length() - SUFFIX.length()), 16);
  }

  static void writeHeader(DiskFile file) throws IOException {
    byte[] words = "Sparrow segment, format 2\n".getBytes(StandardCharsets.US_ASCII);
    file.write(ByteBuffer.allocate(HEADER_BYTES).put(words).rewind(), 0);
  }

  int id() {
    return id;
  }

  long salt() {
    return salt;
  }

  /** Whether a single record fills the segment. */
  boolean isLarge() {
    return largeKey != null;
  }

  Path path() {
    return path;
  }

  long claimedBytes() {
    return claimedBytes;
  }

  void claimed(long bytes) {
    claimedBytes = bytes;
  }

  int sealedAt() {
    return sealedAt;
  }

  long dataEnd() {
    return dataEnd;
  }

  void sealed(int at, long end) {
    sealedAt = at;
    dataEnd = end;
  }

  /** The key of the one record of a segment that is large. */
  IndexKey largeKey() {
    return Objects.requireNonNull(largeKey, "only of a sealed segment with a large record");
  }

  void largeKey(IndexKey key) {
    largeKey = key;
  }

  int cheapAt() {
    return cheapAt;
  }

  int possibleAt() {
    return possibleAt;
  }

  void surveyed(int cheap, int possible) {
    cheapAt = cheap;
    possibleAt = possible;
  }

  boolean hasNewUses() {
    return hasNewUses;
  }

  void hasNewUses(boolean has) {
    hasNewUses = has;
  }

  /** Adopts the file that the segment was made with. */
  synchronized void opened(DiskFile opened) {
    file = opened;
  }

  /** The use of a segment's file. */
  interface Lease extends AutoCloseable {
    DiskFile file();

    @Override
    void close();
  }

  /** Keeps the file readable; null if it has been deleted, by the store or by somebody else. */
  @Nullable Lease lease() throws IOException {
    DiskFile leased;
    synchronized (this) {
      if (deleted) {
        return null;
      }
      users++;
      leased = file;
    }
    // Files are not opened under the monitor, where others would wait for the disk.
    if (leased == null) {
      try {
        leased = disk.open(path);
      } catch (NoSuchFileException e) {
        giveBack();
        return null;
      } catch (IOException | RuntimeException e) {
        giveBack();
        throw e;
      }
      if (isLarge()) {
        return new OwnFile(leased);
      }
      leased = adopt(leased);
    }
    return new SharedFile(leased);
  }

  private DiskFile adopt(DiskFile opened) throws IOException {
    DiskFile other;
    synchronized (this) {
      other = file;
      if (other == null) {
        file = opened;
      }
    }
    if (other == null) {
      return opened;
    }
    opened.close();
    return other;
  }

  private void giveBack() {
    DiskFile unused;
    synchronized (this) {
      users--;
      unused = deleted && users == 0 ? file : null;
    }
    closeQuietly(unused);
  }

  private static void closeQuietly(@Nullable DiskFile unused) {
    if (unused != null) {
      try {
        unused.close();
      } catch (IOException e) {
        // It was only read, or is of no use any more.
      }
    }
  }

  /** Has the file closed when the last who uses it is done, for good. */
  void retire() {
    DiskFile unused;
    synchronized (this) {
      deleted = true;
      unused = users == 0 ? file : null;
    }
    closeQuietly(unused);
  }

  /** Closes the file until somebody uses it again, if nobody does now. */
  void rest() {
    DiskFile unused = null;
    synchronized (this) {
      if (users == 0 && !deleted) {
        unused = file;
        file = null;
      }
    }
    closeQuietly(unused);
  }

  private final class SharedFile implements Lease {
    private final DiskFile leased;

    SharedFile(DiskFile leased) {
      this.leased = leased;
    }

    @Override
    public DiskFile file() {
      return leased;
    }

    @Override
    public void close() {
      giveBack();
    }
  }

  private final class OwnFile implements Lease {
    private final DiskFile leased;

    OwnFile(DiskFile leased) {
      this.leased = leased;
    }

    @Override
    public DiskFile file() {
      return leased;
    }

    @Override
    public void close() {
      closeQuietly(leased);
      giveBack();
    }
  }
}
