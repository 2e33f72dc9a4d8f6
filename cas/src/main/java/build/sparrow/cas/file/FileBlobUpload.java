package build.sparrow.cas.file;

import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.Hasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An upload that is hashed and written to a temporary file as it comes. */
final class FileBlobUpload extends BlobUpload {
  private final FileTree tree;
  private final FileKey key;
  private final DigestFunction function;
  private final Hasher hasher;
  private @Nullable TemporaryFile file;
  private long takenBytes;
  private boolean stored;

  FileBlobUpload(FileTree tree, FileKey key, DigestFunction function) {
    this.tree = tree;
    this.key = key;
    this.function = function;
    this.hasher = function.newHasher();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (stored || length == 0) {
      return;
    }
    if (length > key.digest().sizeBytes() - takenBytes) {
      throw DigestMismatchException.tooLong(key.digest());
    }
    hasher.update(bytes, offset, length);
    if (file == null) {
      file = tree.create();
    }
    file.write(ByteBuffer.wrap(bytes, offset, length));
    takenBytes += length;
  }

  @Override
  public boolean alreadyStored() {
    stored = stored || key.digest().isEmpty() || tree.use(key) != null;
    return stored;
  }

  @Override
  public void commit() throws IOException {
    if (stored) {
      return;
    }
    Digest announced = key.digest();
    if (takenBytes < announced.sizeBytes()) {
      throw DigestMismatchException.tooShort(takenBytes, announced);
    }
    Digest actual = new Digest(hasher.hex(), takenBytes);
    if (!actual.equals(announced)) {
      throw DigestMismatchException.of(function, actual, announced);
    }
    if (file != null) {
      file.publish(key, false);
    }
    stored = true;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
