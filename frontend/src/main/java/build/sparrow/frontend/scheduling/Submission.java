package build.sparrow.frontend.scheduling;

import build.bazel.remote.execution.v2.RequestMetadata;
import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.v1.ActionEnvelope;

/**
 * An action to run, as executors get it, with what the scheduler has to know of it.
 *
 * @param operation its name, unless it is merged with an equal action in flight
 * @param mergeable whether it may be
 * @param origin as its client names it
 * @param mayRun whether the frontend that it belonged to is gone only just now
 */
public record Submission(
    ActionEnvelope envelope,
    OperationId operation,
    ActionId action,
    Platform platform,
    boolean mergeable,
    Origin origin,
    boolean mayRun) {
  /** Reads all of it from the envelope; nobody else has begun it. */
  public static Submission of(ActionEnvelope envelope) {
    return of(envelope, false);
  }

  /** Reads all else from the envelope. */
  public static Submission of(ActionEnvelope envelope, boolean mayRun) {
    return new Submission(
        envelope,
        new OperationId(envelope.getOperation()),
        Wire.actionId(Wire.actionKey(envelope)),
        Wire.platform(envelope),
        !envelope.getAction().getDoNotCache(),
        origin(envelope),
        mayRun);
  }

  // Clients share the farm by instance; within one, by the invocation that they name.
  private static Origin origin(ActionEnvelope envelope) {
    RequestMetadata metadata = envelope.getRequestMetadata();
    return new Origin(
        envelope.getInstanceName(),
        metadata.getToolInvocationId(),
        metadata.getActionMnemonic(),
        metadata.getTargetId());
  }
}
