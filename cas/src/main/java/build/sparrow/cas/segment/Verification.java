package build.sparrow.cas.segment;

import build.sparrow.cas.DigestMismatchException;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Hasher;
import java.io.OutputStream;

/** Compares what an upload brings with the digest that it announced. For one thread at a time. */
final class Verification extends OutputStream {
  private final RecordKey key;
  private final Hasher hasher;
  private long takenBytes;

  Verification(RecordKey key) {
    this.key = key;
    this.hasher = key.function().newHasher();
  }

  long takenBytes() {
    return takenBytes;
  }

  /**
   * Takes the next bytes of the blob.
   *
   * @throws DigestMismatchException if there are more than the digest says
   */
  @Override
  public void write(byte[] bytes, int offset, int length) throws DigestMismatchException {
    if (length > key.digest().sizeBytes() - takenBytes) {
      throw DigestMismatchException.tooLong(key.digest());
    }
    hasher.update(bytes, offset, length);
    takenBytes += length;
  }

  @Override
  public void write(int octet) throws DigestMismatchException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  /**
   * Ends the blob.
   *
   * @throws DigestMismatchException if it is not what the digest says
   */
  void finish() throws DigestMismatchException {
    Digest announced = key.digest();
    if (takenBytes < announced.sizeBytes()) {
      throw DigestMismatchException.tooShort(takenBytes, announced);
    }
    Digest actual = new Digest(hasher.hex(), takenBytes);
    if (!actual.equals(announced)) {
      throw DigestMismatchException.of(key.function(), actual, announced);
    }
  }
}
