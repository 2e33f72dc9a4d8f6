package build.sparrow.cas;

/** There is no room now: all that is held is leased, or the disk is full. It passes with time. */
public final class StoreFullException extends StoreException {
  public StoreFullException(String message) {
    super(message);
  }

  public StoreFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
