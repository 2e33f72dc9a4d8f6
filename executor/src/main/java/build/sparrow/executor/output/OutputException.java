package build.sparrow.executor.output;

/** What an action left at an output path cannot be taken; the message is for its user. */
public final class OutputException extends Exception {
  OutputException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
