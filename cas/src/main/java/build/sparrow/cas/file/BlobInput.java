package build.sparrow.cas.file;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.reapi.Hasher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one blob's file; hashed on the way if a hash is given, which must be that of the blob.
 */
final class BlobInput extends InputStream {
  private final FileChannel channel;
  private final @Nullable Verification verification;
  private final Supplier<BlobMissingException> corrupt;
  private long leftBytes;

  /** What all bytes together must hash to. */
  record Verification(Hasher hasher, String expectedHash) {}

  /**
   * Takes the channel over.
   *
   * @param corrupt removes the blob and says so
   */
  BlobInput(
      FileChannel channel,
      long offset,
      long length,
      @Nullable Verification verification,
      Supplier<BlobMissingException> corrupt)
      throws IOException {
    this.channel = channel;
    this.verification = verification;
    this.corrupt = corrupt;
    this.leftBytes = length;
    if (offset > 0) {
      channel.position(offset);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (leftBytes == 0) {
      return -1;
    }
    if (length == 0) {
      return 0;
    }
    int count = channel.read(ByteBuffer.wrap(bytes, offset, (int) Math.min(length, leftBytes)));
    if (count < 0) {
      throw corrupt.get();
    }
    leftBytes -= count;
    if (verification != null) {
      verification.hasher().update(bytes, offset, count);
      // Before the last bytes are handed out, so that who reads to the end has read the blob.
      if (leftBytes == 0 && !verification.hasher().hex().equals(verification.expectedHash())) {
        throw corrupt.get();
      }
    }
    return count;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, leftBytes);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
