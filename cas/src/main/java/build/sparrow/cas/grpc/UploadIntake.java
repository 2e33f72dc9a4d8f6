package build.sparrow.cas.grpc;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.cas.zstd.ZstdDecoder;
import build.sparrow.reapi.ResourceName.WriteName;
import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;

/** Brings the bytes of an upload, in the form in which they travel, into the store. */
sealed interface UploadIntake extends Closeable {
  /** Opens an upload in the form that its name says. */
  static UploadIntake open(BlobStore store, ZstdCodec zstd, WriteName name) throws IOException {
    BlobUpload upload = store.write(new BlobScope(name.instance(), name.function()), name.digest());
    return switch (name.compressor()) {
      case IDENTITY -> new Plain(upload);
      case ZSTD -> {
        try {
          yield new Compressed(upload, zstd.decoder(name.digest().sizeBytes(), upload));
        } catch (IOException | RuntimeException e) {
          upload.close();
          throw e;
        }
      }
    };
  }

  /** Whether no more bytes are needed. */
  boolean alreadyStored();

  /** Takes the next bytes. */
  void write(ByteString bytes) throws IOException;

  /** Makes the blob visible. */
  void finish() throws IOException;

  /** Drops what was not finished. */
  @Override
  void close() throws IOException;

  /** Bytes as they are. */
  record Plain(BlobUpload upload) implements UploadIntake {
    @Override
    public boolean alreadyStored() {
      return upload.alreadyStored();
    }

    @Override
    public void write(ByteString bytes) throws IOException {
      upload.write(bytes);
    }

    @Override
    public void finish() throws IOException {
      upload.commit();
    }

    @Override
    public void close() throws IOException {
      upload.close();
    }
  }

  /** Bytes that go through a decoder. */
  record Compressed(BlobUpload upload, ZstdDecoder decoder) implements UploadIntake {
    @Override
    public boolean alreadyStored() {
      return upload.alreadyStored();
    }

    @Override
    public void write(ByteString bytes) throws IOException {
      decoder.write(bytes);
    }

    @Override
    public void finish() throws IOException {
      decoder.finish();
      upload.commit();
    }

    @Override
    public void close() throws IOException {
      try (upload) {
        decoder.close();
      }
    }
  }
}
