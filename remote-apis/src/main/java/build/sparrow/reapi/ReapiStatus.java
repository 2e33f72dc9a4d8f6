package build.sparrow.reapi;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.PreconditionFailure;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The one place that builds gRPC errors. The code says whose turn it is: clients retry CANCELLED,
 * UNKNOWN, DEADLINE_EXCEEDED, ABORTED, INTERNAL, UNAVAILABLE and RESOURCE_EXHAUSTED a few times
 * within seconds, and give up on the others. So a limit that will not go away by itself is never
 * {@link #resourceExhausted}.
 */
public final class ReapiStatus {
  private static final int MAX_QUOTED_CHARACTERS = 160;

  // Trailers are bounded by 8 KiB in most clients; details travel there as base64, beside the
  // message.
  private static final int MAX_TRAILER_DETAIL_BYTES = 4096;

  private ReapiStatus() {}

  /** The request itself is wrong and would be wrong anywhere. */
  public static StatusRuntimeException invalidArgument(String message) {
    return exception(Code.INVALID_ARGUMENT, message);
  }

  /** The request is well-formed, but something it needs is not so; the message says what to do. */
  public static StatusRuntimeException failedPrecondition(String message) {
    return exception(Code.FAILED_PRECONDITION, message);
  }

  /** What was asked for is not here, or not visible to the caller. */
  public static StatusRuntimeException notFound(String message) {
    return exception(Code.NOT_FOUND, message);
  }

  /** An offset past the end. */
  public static StatusRuntimeException outOfRange(String message) {
    return exception(Code.OUT_OF_RANGE, message);
  }

  /** This farm does not serve that call, and does not announce it. */
  public static StatusRuntimeException unimplemented(String message) {
    return exception(Code.UNIMPLEMENTED, message);
  }

  /** An outage; clients try again. */
  public static StatusRuntimeException unavailable(String message) {
    return exception(Code.UNAVAILABLE, message);
  }

  /** Nobody said who calls. */
  public static StatusRuntimeException unauthenticated(String message) {
    return exception(Code.UNAUTHENTICATED, message);
  }

  /** The caller is known and may not do that. */
  public static StatusRuntimeException permissionDenied(String message) {
    return exception(Code.PERMISSION_DENIED, message);
  }

  /** A limit that gives way within seconds; clients try again. */
  public static StatusRuntimeException resourceExhausted(String message) {
    return exception(Code.RESOURCE_EXHAUSTED, message);
  }

  /** Time ran out: of the call, or of an action. */
  public static StatusRuntimeException deadlineExceeded(String message) {
    return exception(Code.DEADLINE_EXCEEDED, message);
  }

  /** The call was overtaken or idle for too long; clients start it anew. */
  public static StatusRuntimeException aborted(String message) {
    return exception(Code.ABORTED, message);
  }

  /** Somebody asked for the end of it. */
  public static StatusRuntimeException cancelled(String message) {
    return exception(Code.CANCELLED, message);
  }

  /** A fault of the farm's own. */
  public static StatusRuntimeException internal(String message) {
    return exception(Code.INTERNAL, message);
  }

  /**
   * Blobs that the client is to upload before it tries again, as the error of a call. Names as many
   * of them as trailers have room for; {@link #missingBlobsStatus} names all.
   */
  public static StatusRuntimeException missingBlobs(
      DigestFunction function, Collection<Digest> missing) {
    return toException(missingBlobsStatus(function, missing, MAX_TRAILER_DETAIL_BYTES));
  }

  /** Blobs that the client is to upload before it tries again, for ExecuteResponse.status. */
  public static com.google.rpc.Status missingBlobsStatus(
      DigestFunction function, Collection<Digest> missing) {
    return missingBlobsStatus(function, missing, Integer.MAX_VALUE);
  }

  private static com.google.rpc.Status missingBlobsStatus(
      DigestFunction function, Collection<Digest> missing, int maxDetailBytes) {
    PreconditionFailure.Builder failure = PreconditionFailure.newBuilder();
    int detailBytes = 0;
    for (Digest digest : missing) {
      var violation =
          PreconditionFailure.Violation.newBuilder()
              .setType("MISSING")
              .setSubject("blobs/" + ResourceName.digestPart(function, digest))
              .build();
      // Tag and length take three bytes more.
      detailBytes += violation.getSerializedSize() + 3;
      if (detailBytes > maxDetailBytes) {
        break;
      }
      failure.addViolations(violation);
    }
    int named = failure.getViolationsCount();
    String first = missing.isEmpty() ? "" : ", such as " + failure.getViolations(0).getSubject();
    String unnamed = named == missing.size() ? "" : " (the first " + named + " are named)";
    return com.google.rpc.Status.newBuilder()
        .setCode(Code.FAILED_PRECONDITION.value())
        .setMessage(
            "%d blobs are missing%s%s; upload them and try again"
                .formatted(missing.size(), first, unnamed))
        .addDetails(Any.pack(failure.build()))
        .build();
  }

  /** An error as the message that ExecuteResponse and the batch responses carry. */
  public static com.google.rpc.Status toProto(StatusRuntimeException error) {
    return StatusProto.fromStatusAndTrailers(error.getStatus(), error.getTrailers());
  }

  /**
   * Any failure as that message: gRPC errors keep code and details, whatever else is INTERNAL, with
   * the failure's own words.
   */
  public static com.google.rpc.Status toProto(Throwable failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    return status != null ? status : toProto(internal("Unexpected failure: " + failure));
  }

  /** The way back: the message as the error of a call, with its details. */
  public static StatusRuntimeException toException(com.google.rpc.Status status) {
    return StatusProto.toStatusRuntimeException(status);
  }

  /** The detail that {@link #missingBlobs} puts in; null if there is none, or none readable. */
  public static @Nullable PreconditionFailure preconditionFailure(com.google.rpc.Status status) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(PreconditionFailure.class)) {
        try {
          return detail.unpack(PreconditionFailure.class);
        } catch (InvalidProtocolBufferException _) {
          return null;
        }
      }
    }
    return null;
  }

  /**
   * A value that a client sent, in quotes for a message: control characters and quotes are escaped,
   * and long values are cut, so that no message outgrows its trailer or forges a log line.
   */
  public static String quote(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    int end = Math.min(value.length(), MAX_QUOTED_CHARACTERS);
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (Character.isISOControl(c)) {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append(end < value.length() ? "…\"" : "\"").toString();
  }

  private static StatusRuntimeException exception(Code code, String message) {
    return code.toStatus().withDescription(message).asRuntimeException();
  }
}
