package build.sparrow.cas.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory whose power can be cut: of what was not synced, each sector may be there, or
 * not, and of the names that were given and taken since the last sync of the folder, only the first
 * few. It can also be made too small, fail to sync, or be damaged.
 */
public final class SimulatedDisk implements Disk {
  private static final int SECTOR_BYTES = 512;

  private final Map<Path, Content> names = new TreeMap<>();
  private final Map<Path, Content> durableNames = new TreeMap<>();
  private final List<Runnable> unsyncedNames = new ArrayList<>();
  private long freeBytes = Long.MAX_VALUE / 2;
  private boolean failsNextSync;
  private int life;

  /** The bytes of a file: as processes see them, and as they are after a power cut at the worst. */
  private static final class Content {
    private byte[] bytes = new byte[0];
    private int size;
    private byte[] durable = new byte[0];
    private boolean isTakenForWritten;

    byte[] current() {
      return Arrays.copyOf(bytes, size);
    }

    void set(byte[] all) {
      bytes = all;
      size = all.length;
      durable = all.clone();
    }
  }

  /** Lets the disk take only so much more. */
  public synchronized void freeBytes(long bytes) {
    freeBytes = bytes;
  }

  /** Has the next sync of a file fail, and those after it succeed for nothing, as Linux does it. */
  public synchronized void failNextSync() {
    failsNextSync = true;
  }

  /** The files by name. */
  public synchronized List<Path> files() {
    return List.copyOf(names.keySet());
  }

  /** What is in a file. */
  public synchronized byte[] bytes(Path file) throws IOException {
    return content(file).current();
  }

  /** Changes what is in a file, under whoever has it open. */
  public synchronized void damage(Path file, byte[] bytes) throws IOException {
    content(file).set(bytes.clone());
  }

  /** Ends all that is open, and leaves of what was not synced what the random numbers say. */
  public synchronized void cutPower(Random random) {
    life++;
    int kept = random.nextInt(unsyncedNames.size() + 1);
    unsyncedNames.subList(0, kept).forEach(Runnable::run);
    unsyncedNames.clear();
    names.clear();
    names.putAll(durableNames);
    for (Content content : names.values()) {
      content.set(afterCut(content, random));
    }
  }

  private static byte[] afterCut(Content content, Random random) {
    byte[] current = content.current();
    int longest = Math.max(current.length, content.durable.length);
    int size = content.durable.length + random.nextInt(longest - content.durable.length + 1);
    if (current.length < content.durable.length && random.nextBoolean()) {
      size = current.length;
    }
    byte[] left = Arrays.copyOf(content.durable, size);
    int keptPercent = random.nextInt(5) * 25;
    for (int at = 0; at < Math.min(size, current.length); at += SECTOR_BYTES) {
      if (random.nextInt(100) < keptPercent) {
        int length = Math.min(SECTOR_BYTES, Math.min(size, current.length) - at);
        System.arraycopy(current, at, left, at, length);
      }
    }
    return left;
  }

  private Content content(Path file) throws NoSuchFileException {
    Content content = names.get(file);
    if (content == null) {
      throw new NoSuchFileException(file.toString());
    }
    return content;
  }

  @Override
  public synchronized DiskFile create(Path file) throws IOException {
    if (names.containsKey(file)) {
      throw new IOException(file + " exists");
    }
    Content content = new Content();
    names.put(file, content);
    unsyncedNames.add(() -> durableNames.put(file, content));
    return new SimulatedFile(content, life);
  }

  @Override
  public synchronized DiskFile open(Path file) throws IOException {
    return new SimulatedFile(content(file), life);
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    Content content = content(from);
    names.remove(from);
    names.put(to, content);
    unsyncedNames.add(
        () -> {
          durableNames.remove(from);
          durableNames.put(to, content);
        });
  }

  @Override
  public synchronized void delete(Path file) {
    Content content = names.remove(file);
    if (content != null) {
      freeBytes += content.size;
      unsyncedNames.add(() -> durableNames.remove(file));
    }
  }

  @Override
  public synchronized List<Path> list(Path folder) {
    return files();
  }

  @Override
  public synchronized void syncFolder(Path folder) {
    unsyncedNames.forEach(Runnable::run);
    unsyncedNames.clear();
  }

  @Override
  public synchronized long usableBytes(Path folder) {
    return Math.max(0, freeBytes);
  }

  private final class SimulatedFile implements DiskFile {
    private final Content content;
    private final int openedIn;
    private boolean closed;

    SimulatedFile(Content content, int openedIn) {
      this.content = content;
      this.openedIn = openedIn;
    }

    private void check() throws IOException {
      if (closed || openedIn != life) {
        throw new ClosedChannelException();
      }
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        check();
        int count = Math.clamp(content.size - position, 0, bytes.remaining());
        if (count > 0) {
          bytes.put(content.bytes, (int) position, count);
        }
        return count;
      }
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        check();
        int end = Math.toIntExact(position + bytes.remaining());
        long growth = Math.max(0, end - content.size);
        if (growth > freeBytes) {
          throw new IOException("No space left on device");
        }
        freeBytes -= growth;
        if (end > content.bytes.length) {
          content.bytes = Arrays.copyOf(content.bytes, Math.max(end, 2 * content.bytes.length));
        }
        bytes.get(content.bytes, (int) position, bytes.remaining());
        content.size = Math.max(content.size, end);
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (SimulatedDisk.this) {
        check();
        if (failsNextSync) {
          failsNextSync = false;
          content.isTakenForWritten = true;
          throw new IOException("Input/output error");
        }
        if (!content.isTakenForWritten) {
          content.durable = content.current();
        }
      }
    }

    @Override
    public void truncate(long bytes) throws IOException {
      synchronized (SimulatedDisk.this) {
        check();
        if (bytes < content.size) {
          freeBytes += content.size - bytes;
          Arrays.fill(content.bytes, (int) bytes, content.size, (byte) 0);
          content.size = (int) bytes;
        }
      }
    }

    @Override
    public long size() throws IOException {
      synchronized (SimulatedDisk.this) {
        check();
        return content.size;
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
