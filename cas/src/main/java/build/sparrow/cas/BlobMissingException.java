package build.sparrow.cas;

import build.sparrow.reapi.Digest;

/** The store does not hold the blob, or held one that was corrupt and has been removed. */
public final class BlobMissingException extends StoreException {
  private final Digest digest;

  public BlobMissingException(Digest digest) {
    this(digest, "Blob " + digest + " is not in the store");
  }

  public BlobMissingException(Digest digest, String message) {
    super(message);
    this.digest = digest;
  }

  /** The blob that was asked for. */
  public Digest digest() {
    return digest;
  }
}
