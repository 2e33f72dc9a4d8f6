package build.sparrow.e2e.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * What a farm answers a call with that it does not serve.
 *
 * @param message for people
 */
public record Refusal(Status.Code code, String message) {

  /**
   * The refusal of a call.
   *
   * @throws AssertionError if the call is served
   */
  public static Refusal of(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return of(e.getStatus());
    }
    throw new AssertionError("The farm served what it should have refused");
  }

  /** As the field {@code status} of many responses has it. */
  public static Refusal of(com.google.rpc.Status status) {
    return new Refusal(Status.fromCodeValue(status.getCode()).getCode(), status.getMessage());
  }

  private static Refusal of(Status status) {
    String description = status.getDescription();
    return new Refusal(status.getCode(), description == null ? "" : description);
  }
}
