package build.sparrow.cas;

import build.sparrow.reapi.Digest;

/** The blob is larger than the whole store; trying again does not help. */
public final class BlobTooLargeException extends StoreException {
  public BlobTooLargeException(Digest digest, long capacityBytes) {
    this(
        "Blob %s has %d bytes, while the store holds %d bytes in all; give it more capacity"
            .formatted(digest, digest.sizeBytes(), capacityBytes));
  }

  public BlobTooLargeException(String message) {
    super(message);
  }
}
