package build.sparrow.cas.segment;

import build.sparrow.cas.zstd.MalformedZstdException;
import build.sparrow.cas.zstd.ZstdCodec;
import java.io.IOException;
import java.io.InputStream;

/** A part of a blob that is kept as frames, decoded from its start on. */
final class DecodedInput extends InputStream {
  private final RecordInput record;
  private final InputStream blob;
  private long left;

  private DecodedInput(RecordInput record, InputStream blob, long length) {
    this.record = record;
    this.blob = blob;
    this.left = length;
  }

  /** Decodes the record, which is closed with what is returned. */
  static InputStream open(
      RecordInput record, ZstdCodec zstd, long sizeBytes, long offset, long length)
      throws IOException {
    InputStream blob = zstd.decoding(record, sizeBytes);
    try {
      blob.skipNBytes(offset);
      return new DecodedInput(record, blob, length);
    } catch (MalformedZstdException e) {
      blob.close();
      throw record.lose(e);
    } catch (IOException | RuntimeException e) {
      blob.close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    try {
      int count = blob.read(bytes, offset, (int) Math.min(length, left));
      left -= count;
      return count;
    } catch (MalformedZstdException e) {
      throw record.lose(e);
    }
  }

  @Override
  public void close() throws IOException {
    blob.close();
  }
}
