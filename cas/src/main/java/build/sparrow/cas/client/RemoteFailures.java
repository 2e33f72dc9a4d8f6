package build.sparrow.cas.client;

import build.sparrow.cas.BlobTooLargeException;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.StoreUnavailableException;
import io.grpc.Status;
import java.io.IOException;

/** The gRPC errors of a store as its own failures: the way back of what its services answer. */
public final class RemoteFailures {
  private RemoteFailures() {}

  /** The failure that a caller of the store is to see; NOT_FOUND means nothing here. */
  public static IOException of(String what, Status status, Exception cause) {
    String description = String.valueOf(status.getDescription());
    IOException failure =
        switch (status.getCode()) {
          case INVALID_ARGUMENT -> new DigestMismatchException(description);
          case FAILED_PRECONDITION -> new BlobTooLargeException(description);
          case RESOURCE_EXHAUSTED -> new StoreFullException(description);
          case UNAVAILABLE, ABORTED, CANCELLED, DEADLINE_EXCEEDED ->
              new StoreUnavailableException(
                  "The store cannot be reached (%s): %s".formatted(what, status), cause);
          case OK,
              UNKNOWN,
              NOT_FOUND,
              ALREADY_EXISTS,
              PERMISSION_DENIED,
              OUT_OF_RANGE,
              UNIMPLEMENTED,
              INTERNAL,
              DATA_LOSS,
              UNAUTHENTICATED ->
              new IOException("The store failed (%s): %s".formatted(what, status), cause);
        };
    if (failure.getCause() == null) {
      failure.initCause(cause);
    }
    return failure;
  }
}
