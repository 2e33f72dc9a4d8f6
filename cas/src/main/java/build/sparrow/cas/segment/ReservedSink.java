package build.sparrow.cas.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Writes a bulk record to its place in the log as it comes. */
final class ReservedSink implements RecordSink {
  private final ChunkChecksums checksums;
  private LogHead.@Nullable Reservation reservation;

  ReservedSink(LogHead.Reservation reservation, long sizeBytes) {
    this.reservation = reservation;
    this.checksums = new ChunkChecksums(sizeBytes);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    checksums.update(ByteBuffer.wrap(bytes, offset, length));
    open().write(ByteBuffer.wrap(bytes, offset, length));
  }

  private LogHead.Reservation open() throws IOException {
    LogHead.Reservation open = reservation;
    if (open == null) {
      throw new IOException("The upload has ended");
    }
    return open;
  }

  @Override
  public void commit() throws IOException {
    ByteBuffer table = checksums.finish();
    open().write(table.duplicate());
    open().commit(checksums.payloadChecksum(table));
    reservation = null;
  }

  @Override
  public void close() {
    if (reservation != null) {
      reservation.abandon();
      reservation = null;
    }
  }
}
