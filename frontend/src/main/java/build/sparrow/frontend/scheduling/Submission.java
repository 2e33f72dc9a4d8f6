package build.sparrow.frontend.scheduling;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.v1.ActionEnvelope;

/**
 * An action to run, as executors get it, with what the scheduler has to know of it.
 *
 * @param operation its name, unless it is merged with an equal action in flight
 * @param mergeable whether it may be
 */
public record Submission(
    ActionEnvelope envelope,
    OperationId operation,
    ActionId action,
    Platform platform,
    boolean mergeable) {
  /** Reads all of it from the envelope. */
  public static Submission of(ActionEnvelope envelope) {
    return new Submission(
        envelope,
        new OperationId(envelope.getOperation()),
        Wire.actionId(Wire.actionKey(envelope)),
        Wire.platform(envelope),
        !envelope.getAction().getDoNotCache());
  }
}
