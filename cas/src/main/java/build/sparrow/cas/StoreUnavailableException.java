package build.sparrow.cas;

/** The process that holds the store could not be reached, in all the attempts that were allowed. */
public final class StoreUnavailableException extends StoreException {
  public StoreUnavailableException(String message) {
    super(message);
  }

  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
