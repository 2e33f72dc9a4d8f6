package build.sparrow.frontend.scheduling;

import build.bazel.remote.execution.v2.Command;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.v1.ActionEnvelope;

/**
 * The scheduler's words and the messages that carry them. What comes from the wire is checked: each
 * method from a message throws IllegalArgumentException or a status if the message makes no sense.
 */
public final class Wire {
  private Wire() {}

  /** The scheduler's name for an action. */
  public static ActionId actionId(ActionKey key) {
    return new ActionId(key.toString());
  }

  /** The scheduler's form of a platform. */
  public static Platform platform(PlatformKey key) {
    return Platform.of(
        key.properties().stream()
            .map(property -> new Label(property.name(), property.value()))
            .toList());
  }

  static ActionKey actionKey(ActionEnvelope envelope) {
    return ActionKey.parse(
        envelope.getInstanceName(), envelope.getDigestFunction(), envelope.getActionDigest());
  }

  // Clients before 2.2 put the platform into the Command.
  static Platform platform(ActionEnvelope envelope) {
    Command command = envelope.getCommand();
    return platform(
        PlatformKey.parse(
            envelope.getAction().hasPlatform()
                ? envelope.getAction().getPlatform()
                : command.getPlatform()));
  }

  static AttemptId attempt(build.sparrow.scheduling.v1.AttemptId attempt) {
    return new AttemptId(attempt.getEpoch(), attempt.getCounter());
  }

  static build.sparrow.scheduling.v1.AttemptId attempt(AttemptId attempt) {
    return build.sparrow.scheduling.v1.AttemptId.newBuilder()
        .setEpoch(attempt.epoch())
        .setCounter(attempt.counter())
        .build();
  }

  static AttemptProgress progress(build.sparrow.scheduling.v1.AttemptProgress progress) {
    return new AttemptProgress(attempt(progress.getAttempt()), phase(progress.getPhase()));
  }

  static Phase phase(build.sparrow.scheduling.v1.Phase phase) {
    return switch (phase) {
      case FETCHING -> Phase.FETCHING;
      case EXECUTING -> Phase.EXECUTING;
      case UPLOADING -> Phase.UPLOADING;
      case REPORTED -> Phase.REPORTED;
      case PHASE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("Phase of an attempt is " + phase);
    };
  }

  static Ending ending(build.sparrow.scheduling.v1.Ending ending) {
    return switch (ending) {
      case DECIDED -> Ending.DECIDED;
      case EXECUTOR_FAILED -> Ending.EXECUTOR_FAILED;
      case OUT_OF_MEMORY -> Ending.OUT_OF_MEMORY;
      case KILLED -> Ending.KILLED;
      case ENDING_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("Ending of an attempt is " + ending);
    };
  }
}
