package build.sparrow.cas;

import com.google.protobuf.ByteString;
import java.io.IOException;

/** All of another upload, for those who change a part of it. */
public abstract class ForwardingBlobUpload extends BlobUpload {
  private final BlobUpload base;

  protected ForwardingBlobUpload(BlobUpload base) {
    this.base = base;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    base.write(bytes, offset, length);
  }

  @Override
  public void write(ByteString bytes) throws IOException {
    base.write(bytes);
  }

  @Override
  public boolean alreadyStored() {
    return base.alreadyStored();
  }

  @Override
  public void commit() throws IOException {
    base.commit();
  }

  @Override
  public void close() throws IOException {
    base.close();
  }
}
