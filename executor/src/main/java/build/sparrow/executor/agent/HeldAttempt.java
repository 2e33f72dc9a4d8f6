package build.sparrow.executor.agent;

import build.sparrow.executor.sandbox.KillSwitch;
import build.sparrow.scheduling.v1.ActionEnvelope;
import org.jspecify.annotations.Nullable;

/** What the scheduler does not carry about an attempt; for the loop's thread. */
final class HeldAttempt {
  final ActionEnvelope envelope;
  final KillSwitch killSwitch = new KillSwitch();
  boolean isAccepted;
  @Nullable AttemptOutcome outcome;

  HeldAttempt(ActionEnvelope envelope) {
    this.envelope = envelope;
  }
}
