package build.sparrow.cas;

import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;

/** The bytes of an upload are not those that its digest announced; nothing was stored. */
public final class DigestMismatchException extends StoreException {
  public DigestMismatchException(String message) {
    super(message);
  }

  /** All bytes were there, and they are something else. */
  public static DigestMismatchException of(
      DigestFunction function, Digest actual, Digest announced) {
    return new DigestMismatchException(
        actual.sizeBytes() == announced.sizeBytes()
            ? "blob has %s %s, while %s was announced"
                .formatted(nameOf(function), actual.hash(), announced.hash())
            : "blob has %d bytes, while %d were announced (digest %s)"
                .formatted(actual.sizeBytes(), announced.sizeBytes(), announced));
  }

  /** The bytes ended early. */
  public static DigestMismatchException tooShort(long actualBytes, Digest announced) {
    return new DigestMismatchException(
        "blob has %d bytes, while %d were announced (digest %s)"
            .formatted(actualBytes, announced.sizeBytes(), announced));
  }

  /** More bytes came than there should be; how many more is not known. */
  public static DigestMismatchException tooLong(Digest announced) {
    return new DigestMismatchException(
        "blob has more than the %d bytes that were announced (digest %s)"
            .formatted(announced.sizeBytes(), announced));
  }

  private static String nameOf(DigestFunction function) {
    return switch (function) {
      case SHA256 -> "SHA-256";
      case SHA1 -> "SHA-1";
      case SHA384 -> "SHA-384";
      case SHA512 -> "SHA-512";
      case BLAKE3, MD5 -> function.name();
    };
  }
}
