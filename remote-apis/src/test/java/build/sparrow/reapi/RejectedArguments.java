package build.sparrow.reapi;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How tests say that a call answers INVALID_ARGUMENT. */
public final class RejectedArguments {
  private RejectedArguments() {}

  /** The call fails with INVALID_ARGUMENT, and its description holds each of {@code parts}. */
  public static void assertRejected(ThrowingCallable call, String... parts) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call)
        .satisfies(
            e -> {
              Assertions.assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
              Assertions.assertThat(e.getStatus().getDescription()).contains(parts);
            });
  }
}
