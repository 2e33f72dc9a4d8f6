package build.sparrow.cas.segment;

import build.sparrow.cas.disk.Disk;
import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Uses that the footers do not know yet, appended as they happen, so that a crash does not cut a
 * lease short. When the footers have been brought up to date, what was logged before is deleted.
 */
final class UseLog {
  private static final String SUFFIX = ".uses";
  private static final int ENTRY_BYTES = 20;
  private static final int CHECKED_BYTES = 16;
  private static final int BUFFER_BYTES = ENTRY_BYTES << 14;

  private final Disk disk;
  private final Path folder;
  private final Room room;
  private final Syncer syncer;
  private final Runnable onNewName;

  // All guarded by this.
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private @Nullable DiskFile file;
  private int number;
  private long position;
  private long olderBytes;

  /**
   * @param onNewName hears of each name that a file got
   */
  UseLog(Disk disk, Path folder, Room room, Syncer syncer, Runnable onNewName) {
    this.disk = disk;
    this.folder = folder;
    this.room = room;
    this.syncer = syncer;
    this.onNewName = onNewName;
  }

  private static boolean isLog(Path file) {
    return String.valueOf(file.getFileName()).matches("[0-9a-f]{8}\\" + SUFFIX);
  }

  private static int numberOf(Path file) {
    return Integer.parseUnsignedInt(String.valueOf(file.getFileName()).substring(0, 8), 16);
  }

  private List<Path> logs() throws IOException {
    return disk.list(folder).stream()
        .filter(UseLog::isLog)
        .sorted(Comparator.comparingInt(UseLog::numberOf))
        .toList();
  }

  /** Hears of a use that was logged. */
  @FunctionalInterface
  interface Reader {
    void used(IndexKey key, int time);
  }

  /** Reads what earlier processes logged; goes on behind it. */
  synchronized void replay(Reader reader) throws IOException {
    for (Path log : logs()) {
      number = numberOf(log);
      try (DiskFile open = disk.open(log)) {
        long bytes = open.size();
        olderBytes += bytes;
        room.claimReserved(bytes);
        replay(open, bytes, reader);
      }
    }
  }

  private void replay(DiskFile open, long bytes, Reader reader) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BUFFER_BYTES);
    for (long at = 0; at < bytes; at += BUFFER_BYTES) {
      block.clear();
      open.read(block, at);
      block.flip();
      while (block.remaining() >= ENTRY_BYTES) {
        int checksum = checksum(block);
        IndexKey key = new IndexKey(block.getLong(), block.getInt());
        int time = block.getInt();
        // What a power cut has torn is no use that anybody can rely on.
        if (block.getInt() == checksum) {
          reader.used(key, time);
        }
      }
    }
  }

  private static int checksum(ByteBuffer entry) {
    CRC32C crc = new CRC32C();
    crc.update(entry.slice(entry.position(), CHECKED_BYTES));
    // An entry of zeros is none.
    return ~(int) crc.getValue();
  }

  /** Logs a use; it is in the file with the next {@link #flush} at the latest. */
  synchronized void used(IndexKey key, int time) throws IOException {
    if (buffer.remaining() < ENTRY_BYTES) {
      flush();
    }
    int start = buffer.position();
    buffer.putLong(key.high()).putInt(key.check()).putInt(time);
    buffer.putInt(checksum(buffer.duplicate().position(start)));
  }

  /** Hands what was logged to the file. */
  synchronized void flush() throws IOException {
    if (buffer.position() == 0) {
      return;
    }
    DiskFile open = file;
    if (open == null) {
      number++;
      open = disk.create(folder.resolve("%08x".formatted(number) + SUFFIX));
      file = open;
      position = 0;
      onNewName.run();
    }
    int count = buffer.position();
    try {
      open.write(buffer.flip(), position);
      position += count;
      room.claimReserved(count);
      syncer.wrote(open, count);
    } finally {
      buffer.clear();
    }
  }

  /** Begins anew: what is logged from now on is kept by the next {@link #forget}. */
  synchronized void roll() throws IOException {
    flush();
    olderBytes += file == null ? 0 : position;
    close();
  }

  /** Closes the file, and drops what was not flushed. */
  synchronized void close() throws IOException {
    DiskFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }

  /** Deletes what was logged before the last {@link #roll}. */
  synchronized void forget() throws IOException {
    for (Path log : logs()) {
      if (file == null || numberOf(log) != number) {
        disk.delete(log);
      }
    }
    room.release(olderBytes);
    olderBytes = 0;
  }
}
