package build.sparrow.cas.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes many small pieces to consecutive places of a file, with few calls. For one thread. */
final class GatheredWrite {
  private static final int BUFFER_BYTES = 256 << 10;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private @Nullable OpenSegment segment;
  private long position;

  /** Begins anew at the tail of that segment; what was not flushed is dropped. */
  void begin(OpenSegment at) {
    segment = at;
    position = at.tail();
    buffer.clear();
  }

  void put(NewRecord record) throws IOException {
    if (buffer.remaining() < RecordHeader.MAX_BYTES) {
      flush();
    }
    record.header().encode(buffer, segment().segment().salt());
    for (ByteBuffer part : record.payload()) {
      put(part.duplicate());
    }
    put(record.table().duplicate());
    RecordHeader header = record.header();
    long used = header.bytes() + header.storedBytes() + record.table().remaining();
    put(ByteBuffer.allocate((int) (record.recordBytes() - used)));
  }

  private void put(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int length = Math.min(buffer.remaining(), bytes.remaining());
      buffer.put(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
    }
  }

  /** Hands all that was put to the file. */
  void flush() throws IOException {
    buffer.flip();
    int count = buffer.remaining();
    segment().file().write(buffer, position);
    position += count;
    buffer.clear();
  }

  private OpenSegment segment() {
    return Objects.requireNonNull(segment, "begin() comes first");
  }
}
