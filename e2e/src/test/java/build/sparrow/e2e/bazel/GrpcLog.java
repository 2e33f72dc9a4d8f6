package build.sparrow.e2e.bazel;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls that Bazel made to the farm, as it wrote them down by {@code --remote_grpc_log}: what
 * Bazel retried is there twice.
 */
public record GrpcLog(List<Call> calls) {
  // Of Bazel's message LogEntry.
  private static final int STATUS_FIELD = 2;
  private static final int METHOD_NAME_FIELD = 3;
  private static final int DETAILS_FIELD = 4;

  /**
   * One call.
   *
   * @param method as {@code Execute}, without the service
   * @param code of gRPC's status, 0 for success
   * @param details the requests and responses without the bytes of blobs, as Bazel encodes them
   */
  public record Call(String method, int code, String message, ByteString details) {
    /** Whether a text, such as a part of a resource name, occurs in the requests or responses. */
    public boolean mentions(String text) {
      return details.toString(StandardCharsets.ISO_8859_1).contains(text);
    }

    @Override
    public String toString() {
      return method + " " + code + " " + message;
    }
  }

  public GrpcLog {
    calls = List.copyOf(calls);
  }

  /** The calls in a log; none if Bazel made no log because it ended before it would call. */
  static GrpcLog read(Path file) throws IOException {
    List<Call> calls = new ArrayList<>();
    if (!Files.exists(file)) {
      return new GrpcLog(calls);
    }
    try (InputStream in = Files.newInputStream(file)) {
      UnknownFieldSet.Builder entry = UnknownFieldSet.newBuilder();
      while (entry.mergeDelimitedFrom(in)) {
        calls.add(call(entry.build()));
        entry.clear();
      }
    }
    return new GrpcLog(calls);
  }

  /** The calls of one method, as {@code Execute}. */
  public List<Call> of(String method) {
    return calls.stream().filter(call -> call.method().equals(method)).toList();
  }

  private static Call call(UnknownFieldSet entry) throws IOException {
    List<ByteString> statuses = entry.getField(STATUS_FIELD).getLengthDelimitedList();
    Status status =
        statuses.isEmpty() ? Status.getDefaultInstance() : Status.parseFrom(statuses.getLast());
    String method =
        entry.getField(METHOD_NAME_FIELD).getLengthDelimitedList().getLast().toStringUtf8();
    ByteString details =
        entry.getField(DETAILS_FIELD).getLengthDelimitedList().stream()
            .reduce(ByteString.empty(), ByteString::concat);
    return new Call(
        method.substring(method.lastIndexOf('/') + 1),
        status.getCode(),
        status.getMessage(),
        details);
  }
}
