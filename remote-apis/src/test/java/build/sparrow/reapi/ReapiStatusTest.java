package build.sparrow.reapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.PreconditionFailure;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReapiStatusTest {
  private static final Digest BLOB = new Digest("0123456789abcdef".repeat(4), 7);

  private static PreconditionFailure details(com.google.rpc.Status status) {
    return Objects.requireNonNull(ReapiStatus.preconditionFailure(status));
  }

  @Test
  void eachWordHasItsCode() {
    Map<Code, Function<String, StatusRuntimeException>> words =
        Map.ofEntries(
            Map.entry(Code.INVALID_ARGUMENT, ReapiStatus::invalidArgument),
            Map.entry(Code.FAILED_PRECONDITION, ReapiStatus::failedPrecondition),
            Map.entry(Code.NOT_FOUND, ReapiStatus::notFound),
            Map.entry(Code.OUT_OF_RANGE, ReapiStatus::outOfRange),
            Map.entry(Code.UNIMPLEMENTED, ReapiStatus::unimplemented),
            Map.entry(Code.UNAVAILABLE, ReapiStatus::unavailable),
            Map.entry(Code.UNAUTHENTICATED, ReapiStatus::unauthenticated),
            Map.entry(Code.PERMISSION_DENIED, ReapiStatus::permissionDenied),
            Map.entry(Code.RESOURCE_EXHAUSTED, ReapiStatus::resourceExhausted),
            Map.entry(Code.DEADLINE_EXCEEDED, ReapiStatus::deadlineExceeded),
            Map.entry(Code.ABORTED, ReapiStatus::aborted),
            Map.entry(Code.CANCELLED, ReapiStatus::cancelled),
            Map.entry(Code.INTERNAL, ReapiStatus::internal));

    words.forEach(
        (code, word) -> {
          StatusRuntimeException error = word.apply("what and why");

          assertThat(error.getStatus().getCode()).isEqualTo(code);
          assertThat(error.getStatus().getDescription()).isEqualTo("what and why");
          com.google.rpc.Status proto = ReapiStatus.toProto(error);
          assertThat(proto.getCode()).isEqualTo(code.value());
          assertThat(proto.getMessage()).isEqualTo("what and why");
        });
  }

  @Test
  void missingBlobsAreViolationsThatClientsUnderstand() {
    com.google.rpc.Status status =
        ReapiStatus.missingBlobsStatus(DigestFunction.SHA256, List.of(BLOB));

    assertThat(status.getCode()).isEqualTo(Code.FAILED_PRECONDITION.value());
    assertThat(status.getMessage()).contains("1 blobs are missing", "blobs/" + BLOB);
    assertThat(details(status).getViolationsList())
        .containsExactly(
            PreconditionFailure.Violation.newBuilder()
                .setType("MISSING")
                .setSubject("blobs/" + BLOB)
                .build());
  }

  @Test
  void aMissingBlobOfBlake3IsNamedWithItsFunction() {
    com.google.rpc.Status status =
        ReapiStatus.missingBlobsStatus(DigestFunction.BLAKE3, List.of(BLOB));

    assertThat(details(status).getViolations(0).getSubject()).isEqualTo("blobs/blake3/" + BLOB);
  }

  @Test
  void detailsSurviveTheWayThroughTheTrailers() {
    StatusRuntimeException error = ReapiStatus.missingBlobs(DigestFunction.SHA256, List.of(BLOB));

    com.google.rpc.Status status = ReapiStatus.toProto(error);

    assertThat(error.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(status)
        .isEqualTo(ReapiStatus.missingBlobsStatus(DigestFunction.SHA256, List.of(BLOB)));
    assertThat(StatusProto.fromThrowable(ReapiStatus.toException(status))).isEqualTo(status);
  }

  @Test
  void manyMissingBlobsAreAllNamedInAMessage_butFitTheTrailersOfAnError() {
    List<Digest> missing =
        IntStream.range(0, 1000)
            .mapToObj(i -> DigestFunction.SHA512.digestOf(new byte[] {(byte) i, (byte) (i >> 8)}))
            .toList();

    com.google.rpc.Status all = ReapiStatus.missingBlobsStatus(DigestFunction.SHA512, missing);
    com.google.rpc.Status bounded =
        ReapiStatus.toProto(ReapiStatus.missingBlobs(DigestFunction.SHA512, missing));

    assertThat(details(all).getViolationsCount()).isEqualTo(1000);
    assertThat(bounded.getMessage()).contains("1000 blobs are missing", "the first 27 are named");
    assertThat(details(bounded).getViolationsList())
        .hasSize(27)
        .isEqualTo(details(all).getViolationsList().subList(0, 27));
    // As base64 in the trailer, with the message beside it, below the 8 KiB of most clients.
    assertThat(bounded.getSerializedSize() * 4 / 3 + bounded.getMessage().length())
        .isLessThan(7 * 1024);
  }

  @Test
  void anyOtherFailureIsInternalWithItsOwnWords() {
    com.google.rpc.Status status = ReapiStatus.toProto(new IOException("disk on fire"));

    assertThat(status.getCode()).isEqualTo(Code.INTERNAL.value());
    assertThat(status.getMessage()).contains("IOException", "disk on fire");
  }

  @Test
  void aStatusWithoutThatDetailHasNoPreconditionFailure() {
    assertThat(
            ReapiStatus.preconditionFailure(ReapiStatus.toProto(ReapiStatus.notFound("no blob"))))
        .isNull();
  }
}
