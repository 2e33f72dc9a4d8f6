package build.sparrow.cas;

import build.sparrow.cas.zstd.ZstdDecoder;
import com.google.protobuf.ByteString;
import java.io.IOException;

/** Takes zstd frames, and gives the store what they decode to. */
final class DecodingUpload extends BlobUpload {
  private final BlobUpload plain;
  private final ZstdDecoder decoder;

  DecodingUpload(BlobUpload plain, ZstdDecoder decoder) {
    this.plain = plain;
    this.decoder = decoder;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    write(ByteString.copyFrom(bytes, offset, length));
  }

  @Override
  public void write(ByteString frames) throws IOException {
    decoder.write(frames);
  }

  @Override
  public boolean alreadyStored() {
    return plain.alreadyStored();
  }

  @Override
  public void commit() throws IOException {
    decoder.finish();
    plain.commit();
  }

  @Override
  public void close() throws IOException {
    try (plain) {
      decoder.close();
    }
  }
}
