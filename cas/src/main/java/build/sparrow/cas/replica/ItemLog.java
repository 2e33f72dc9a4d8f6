package build.sparrow.cas.replica;

import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.replica.call.Item;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Items that are still to be brought to one place, in a file of their own, oldest first. One reader
 * takes them out again.
 *
 * <p>A record is the length of an item's message, its CRC-32C, and the message. Records are on the
 * disk when they have been added. What was delivered is forgotten when all is, or when its room is
 * needed and is a good part of the log; a restart before that offers it once more, and whoever gets
 * it says that it is there. A tail that a crash cut short is dropped: nobody was told that it was
 * kept.
 */
public final class ItemLog implements Closeable {
  private static final int HEADER_BYTES = 8;
  private static final int MAX_RECORD_BYTES = 4096;

  /** Of a full log, so much must have been delivered to be worth copying the rest. */
  private static final int LEAST_DELIVERED_PERCENT = 25;

  private FileChannel file;
  private final Path path;
  private final long maxBytes;
  private long head;
  private long tail;
  private long count;

  /**
   * What was read from the head.
   *
   * @param bytes of their records
   */
  public record Batch(List<Item> items, long bytes) {}

  private ItemLog(Path path, FileChannel file, long maxBytes) {
    this.path = path;
    this.file = file;
    this.maxBytes = maxBytes;
  }

  /**
   * Opens the log, with what an earlier process was not able to deliver.
   *
   * @param maxBytes the most that the file may take; about 130 for each item
   */
  public static ItemLog open(Path path, long maxBytes) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ItemLog log = new ItemLog(path, file, maxBytes);
    try {
      log.recover();
      return log;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void recover() throws IOException {
    long size = file.size();
    while (tail < size) {
      ByteBuffer message = record(tail);
      if (message == null) {
        break;
      }
      tail += HEADER_BYTES + message.remaining();
      count++;
    }
    file.truncate(tail);
  }

  /** The message of the record there; null if there is no whole one. */
  private @Nullable ByteBuffer record(long position) throws IOException {
    ByteBuffer header = read(position, HEADER_BYTES);
    if (header.remaining() < HEADER_BYTES) {
      return null;
    }
    int length = header.getInt();
    int checksum = header.getInt();
    if (length <= 0 || length > MAX_RECORD_BYTES) {
      return null;
    }
    ByteBuffer message = read(position + HEADER_BYTES, length);
    return message.remaining() == length && checksum(message.duplicate()) == checksum
        ? message
        : null;
  }

  private ByteBuffer read(long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    long at = position;
    while (buffer.hasRemaining()) {
      int count = file.read(buffer, at);
      if (count < 0) {
        break;
      }
      at += count;
    }
    return buffer.flip();
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * Adds items; they are on the disk when this returns.
   *
   * @throws StoreFullException if there are too many already; none was added then
   */
  public synchronized void add(Collection<Item> items) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (Item item : items) {
      byte[] message = Items.toProto(item).toByteArray();
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).putInt(message.length);
      header.putInt(checksum(ByteBuffer.wrap(message)));
      records.write(header.array());
      records.write(message);
    }
    if (records.size() > maxBytes - tail && head > tail / 100 * LEAST_DELIVERED_PERCENT) {
      forgetDelivered();
    }
    if (records.size() > maxBytes - tail) {
      throw new StoreFullException(
          "%s holds %d bytes of what is still to be brought there, at most %d are kept; bring that back"
              .formatted(path.getFileName(), tail, maxBytes));
    }
    ByteBuffer bytes = ByteBuffer.wrap(records.toByteArray());
    long at = tail;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
    file.force(false);
    tail = at;
    count += items.size();
    notifyAll();
  }

  /** Has a file with what was not delivered take the place of the one with all. */
  private void forgetDelivered() throws IOException {
    Path shorter = path.resolveSibling(path.getFileName() + ".new");
    FileChannel rest =
        FileChannel.open(
            shorter,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      long at = head;
      while (at < tail) {
        at += file.transferTo(at, tail - at, rest);
      }
      rest.force(true);
      Files.move(shorter, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      rest.close();
      throw e;
    }
    // From here on it is the one that the next process finds, whatever fails.
    FileChannel longer = file;
    file = rest;
    tail -= head;
    head = 0;
    longer.close();
    // Else a power cut could bring back the longer file, without what is added to this one.
    try (FileChannel folder = FileChannel.open(path.resolveSibling("."))) {
      folder.force(true);
    }
  }

  /** Waits until there is an item. */
  public synchronized void await() throws InterruptedException {
    while (count == 0) {
      wait();
    }
  }

  /** The oldest items, at most so many; none if none is owed. */
  public synchronized Batch peek(int most) throws IOException {
    List<Item> items = new ArrayList<>();
    long position = head;
    while (position < tail && items.size() < most) {
      ByteBuffer message = record(position);
      if (message == null) {
        throw new IOException(path + " is damaged at byte " + position);
      }
      position += HEADER_BYTES + message.remaining();
      try {
        items.add(Items.parse(build.sparrow.storage.v1.Item.parseFrom(message)));
      } catch (InvalidProtocolBufferException | StatusRuntimeException e) {
        throw new IOException(path + " holds what is no item", e);
      }
    }
    return new Batch(items, position - head);
  }

  /** Forgets a batch that was delivered. */
  public synchronized void drop(Batch batch) throws IOException {
    head += batch.bytes();
    count -= batch.items().size();
    if (head == tail) {
      file.truncate(0);
      head = 0;
      tail = 0;
    }
  }

  /** Items that are still to be brought. */
  public synchronized long count() {
    return count;
  }

  /** Bytes of the records of these. */
  public synchronized long bytes() {
    return tail - head;
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
