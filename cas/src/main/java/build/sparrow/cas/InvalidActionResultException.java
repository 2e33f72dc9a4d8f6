package build.sparrow.cas;

/** An action result that could do harm to who believes it; it was not stored. */
public final class InvalidActionResultException extends StoreException {
  public InvalidActionResultException(String message) {
    super(message);
  }

  public InvalidActionResultException(String message, Throwable cause) {
    super(message, cause);
  }
}
