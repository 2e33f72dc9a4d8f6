package build.sparrow.frontend.execution;

import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.LabelDifference;
import build.sparrow.scheduling.Platform;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says why no pool can run an action, and which comes nearest. */
final class Unsatisfiable {
  private Unsatisfiable() {}

  /** FAILED_PRECONDITION: trying again does not help until someone changes action or farm. */
  static StatusRuntimeException explain(
      Platform wanted, @Nullable String nearestPool, List<LabelDifference> differences) {
    String start = "No executor pool can run platform " + shown(wanted.toString());
    if (nearestPool == null) {
      return ReapiStatus.failedPrecondition(start + "; this farm has no pools");
    }
    return ReapiStatus.failedPrecondition(
        "%s; nearest pool %s differs in %s"
            .formatted(
                start,
                nearestPool,
                differences.stream()
                    .map(Unsatisfiable::explain)
                    .collect(Collectors.joining("; "))));
  }

  private static String explain(LabelDifference difference) {
    return "%s: wants %s, %s"
        .formatted(shown(difference.name()), wanted(difference), offered(difference));
  }

  private static String wanted(LabelDifference difference) {
    if (difference.wanted().isEmpty()) {
      return "any value";
    }
    return difference.countable()
        ? "at least " + shown(difference.wanted())
        : shown(difference.wanted());
  }

  private static String offered(LabelDifference difference) {
    return difference.offered().isEmpty()
        ? "does not declare it"
        : "offers " + String.join(" or ", difference.offered());
  }

  /** What a client sent, escaped and cut, without the quotes. */
  private static String shown(String text) {
    String quoted = ReapiStatus.quote(text);
    return quoted.substring(1, quoted.length() - 1);
  }
}
