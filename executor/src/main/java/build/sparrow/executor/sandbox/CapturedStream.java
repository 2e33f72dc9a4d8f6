package build.sparrow.executor.sandbox;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a command wrote to its standard output or error: all of it, or the first and the last part
 * with a line in between that says how much is left out.
 *
 * <p>A command may write without end; neither memory nor disk follows it. Little output, the common
 * case, stays in memory.
 */
public final class CapturedStream implements AutoCloseable {
  /** Where what was kept is. */
  public sealed interface Content {}

  /** In memory, as little output is. */
  public record InMemory(ByteString bytes) implements Content {}

  /** In a file, which lives until the stream is closed. */
  public record InFile(Path file, long sizeBytes) implements Content {}

  /** How much of a stream is kept. */
  record Limits(int memoryBytes, long headBytes, int tailBytes) {
    /** 64 KiB in memory; 32 MiB from the beginning and 1 MiB, less the marker, from the end. */
    static final Limits DEFAULT = new Limits(64 << 10, 32L << 20, (1 << 20) - MARKER_BYTES);
  }

  /** More than the marker ever needs, so that head, marker and tail fit into 33 MiB. */
  private static final int MARKER_BYTES = 512;

  private static final int INITIAL_BYTES = 512;

  private final Path spillFile;
  private final Limits limits;
  private byte[] memory = new byte[0];
  private int memorySize;
  private @Nullable OutputStream spill;
  private byte @Nullable [] tail;
  private long written;

  /**
   * Starts empty.
   *
   * @param spillFile made when memory is not enough
   */
  CapturedStream(Path spillFile, Limits limits) {
    this.spillFile = spillFile;
    this.limits = limits;
  }

  /** As the others, with the limits that all actions have. */
  CapturedStream(Path spillFile) {
    this(spillFile, Limits.DEFAULT);
  }

  /** Takes what the command wrote next. */
  void write(byte[] bytes, int count) throws IOException {
    int toHead = (int) Math.min(count, Math.max(0, limits.headBytes() - written));
    writeHead(bytes, toHead);
    writeTail(bytes, toHead, count - toHead);
    written += count;
  }

  private void writeHead(byte[] bytes, int count) throws IOException {
    if (spill == null && memorySize + count > limits.memoryBytes()) {
      spill = Files.newOutputStream(spillFile);
      spill.write(memory, 0, memorySize);
      memory = new byte[0];
      memorySize = 0;
    }
    if (spill != null) {
      spill.write(bytes, 0, count);
    } else if (count > 0) {
      int needed = memorySize + count;
      if (needed > memory.length) {
        int room = Math.min(limits.memoryBytes(), Math.max(INITIAL_BYTES, needed * 2));
        memory = Arrays.copyOf(memory, room);
      }
      System.arraycopy(bytes, 0, memory, memorySize, count);
      memorySize = needed;
    }
  }

  /** Keeps the last bytes in a ring, whose next place follows from how much was written. */
  private void writeTail(byte[] bytes, int from, int count) {
    if (count == 0) {
      return;
    }
    if (tail == null) {
      tail = new byte[limits.tailBytes()];
    }
    int skipped = Math.max(0, count - tail.length);
    long position = written + from - limits.headBytes() + skipped;
    for (int done = skipped; done < count; ) {
      int place = (int) (position % tail.length);
      int length = Math.min(count - done, tail.length - place);
      System.arraycopy(bytes, from + done, tail, place, length);
      done += length;
      position += length;
    }
  }

  /** Nothing more will come. */
  void finish() throws IOException {
    long beyondHead = written - limits.headBytes();
    if (tail != null && spill != null) {
      int kept = (int) Math.min(beyondHead, tail.length);
      if (beyondHead > kept) {
        spill.write(marker(beyondHead - kept));
      }
      int start = (int) ((beyondHead - kept) % tail.length);
      int first = Math.min(kept, tail.length - start);
      spill.write(tail, start, first);
      spill.write(tail, 0, kept - first);
      tail = null;
    }
    if (spill != null) {
      spill.close();
    }
  }

  private byte[] marker(long omitted) {
    return ("\n[sparrow: of %d bytes written here, %d are left out in this place;"
            + " the first %d and the last %d are kept]\n")
        .formatted(written, omitted, limits.headBytes(), limits.tailBytes())
        .getBytes(StandardCharsets.UTF_8);
  }

  /** All that was kept. */
  public Content content() throws IOException {
    return spill == null
        ? new InMemory(ByteString.copyFrom(memory, 0, memorySize))
        : new InFile(spillFile, Files.size(spillFile));
  }

  /** What was kept, as text for a message; empty if it is too much for memory. */
  String text() {
    return new String(memory, 0, memorySize, StandardCharsets.UTF_8).strip();
  }

  /** Removes the file, if there is one. */
  @Override
  public void close() {
    if (spill != null) {
      try {
        spill.close();
        Files.deleteIfExists(spillFile);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
