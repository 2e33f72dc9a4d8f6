package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.Action;
import build.sparrow.reapi.ReapiStatus;
import com.google.protobuf.util.Durations;
import java.math.BigDecimal;
import java.time.Duration;

/** How long an action may run. */
final class Timeouts {
  private Timeouts() {}

  /**
   * The action's own timeout, or the default where it is absent or zero.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming the timeout and its bound
   */
  static Duration of(Action action, AdmissionLimits limits) {
    if (!action.hasTimeout()) {
      return limits.defaultTimeout();
    }
    var proto = action.getTimeout();
    if (!Durations.isValid(proto)) {
      throw ReapiStatus.invalidArgument(
          "action timeout has %d seconds and %d nanos, which is not a valid duration"
              .formatted(proto.getSeconds(), proto.getNanos()));
    }
    Duration timeout = Duration.ofSeconds(proto.getSeconds(), proto.getNanos());
    if (timeout.isNegative()) {
      throw ReapiStatus.invalidArgument(
          "action timeout is %s; give more than 0 s, or none for the default of %s"
              .formatted(seconds(timeout), seconds(limits.defaultTimeout())));
    }
    if (timeout.compareTo(limits.maxTimeout()) > 0) {
      throw ReapiStatus.invalidArgument(
          "action timeout is %s; this farm allows at most %s (maxActionTimeoutSeconds)"
              .formatted(seconds(timeout), seconds(limits.maxTimeout())));
    }
    return timeout.isZero() ? limits.defaultTimeout() : timeout;
  }

  private static String seconds(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.toSeconds()).add(BigDecimal.valueOf(duration.toNanosPart(), 9));
    return seconds.stripTrailingZeros().toPlainString() + " s";
  }
}
