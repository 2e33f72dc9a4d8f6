package build.sparrow.cas;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * One blob on its way into a store; for one thread at a time. {@link #close} without {@link
 * #commit} leaves nothing visible.
 */
public abstract class BlobUpload extends OutputStream {
  /**
   * Takes the next bytes.
   *
   * @throws DigestMismatchException as soon as there are more bytes than the digest says
   * @throws StoreFullException if there is no room and nothing may be evicted
   */
  @Override
  public abstract void write(byte[] bytes, int offset, int length) throws IOException;

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  /** Takes the next bytes, without copying them. */
  public void write(ByteString bytes) throws IOException {
    UnsafeByteOperations.unsafeWriteTo(bytes, new Sink());
  }

  /**
   * Whether the store has got the blob from elsewhere meanwhile, so that no more bytes are needed:
   * {@link #commit} then succeeds without them. Once true, it stays true.
   */
  public boolean alreadyStored() {
    return false;
  }

  /**
   * Makes the blob visible.
   *
   * @throws DigestMismatchException if size or hash differ; nothing becomes visible
   */
  public abstract void commit() throws IOException;

  /** Ends the upload; what was not committed is dropped. May be called more than once. */
  @Override
  public abstract void close() throws IOException;

  private final class Sink extends ByteOutput {
    @Override
    public void write(byte octet) throws IOException {
      BlobUpload.this.write(octet);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      BlobUpload.this.write(bytes, offset, length);
    }

    @Override
    public void writeLazy(byte[] bytes, int offset, int length) throws IOException {
      BlobUpload.this.write(bytes, offset, length);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      BlobUpload.this.write(copy, 0, copy.length);
    }

    @Override
    public void writeLazy(ByteBuffer bytes) throws IOException {
      write(bytes);
    }
  }
}
