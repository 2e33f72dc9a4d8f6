package build.sparrow.cas;

import java.io.IOException;

/**
 * A failure that callers of a store can tell apart. The message is for people: what, the value
 * seen, the bound or cause.
 */
public abstract sealed class StoreException extends IOException
    permits BlobMissingException,
        BlobTooLargeException,
        DigestMismatchException,
        InvalidActionResultException,
        StoreFullException,
        StoreUnavailableException {
  StoreException(String message) {
    super(message);
  }

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
