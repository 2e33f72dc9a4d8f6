package build.sparrow.executor.agent;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.v1.Progress;
import java.time.Duration;

/** The scheduler's words on the wire and back. */
final class WireMessages {
  private WireMessages() {}

  static AttemptId attempt(build.sparrow.scheduling.v1.AttemptId proto) {
    return new AttemptId(proto.getEpoch(), proto.getCounter());
  }

  static build.sparrow.scheduling.v1.AttemptId attempt(AttemptId attempt) {
    return build.sparrow.scheduling.v1.AttemptId.newBuilder()
        .setEpoch(attempt.epoch())
        .setCounter(attempt.counter())
        .build();
  }

  static build.sparrow.scheduling.v1.Phase phase(Phase phase) {
    return switch (phase) {
      case FETCHING -> build.sparrow.scheduling.v1.Phase.FETCHING;
      case EXECUTING -> build.sparrow.scheduling.v1.Phase.EXECUTING;
      case UPLOADING -> build.sparrow.scheduling.v1.Phase.UPLOADING;
      case REPORTED -> build.sparrow.scheduling.v1.Phase.REPORTED;
    };
  }

  static build.sparrow.scheduling.v1.Ending ending(Ending ending) {
    return switch (ending) {
      case DECIDED -> build.sparrow.scheduling.v1.Ending.DECIDED;
      case EXECUTOR_FAILED -> build.sparrow.scheduling.v1.Ending.EXECUTOR_FAILED;
      case OUT_OF_MEMORY -> build.sparrow.scheduling.v1.Ending.OUT_OF_MEMORY;
      case KILLED -> build.sparrow.scheduling.v1.Ending.KILLED;
    };
  }

  /** A duration that frontends send; throws IllegalArgumentException if it is none. */
  static Duration duration(com.google.protobuf.Duration proto) {
    if (proto.getSeconds() < 0 || proto.getNanos() < 0) {
      throw new IllegalArgumentException(
          "A duration is %d s and %d ns; it must be 0 or more"
              .formatted(proto.getSeconds(), proto.getNanos()));
    }
    return Duration.ofSeconds(proto.getSeconds(), proto.getNanos());
  }

  static Progress progress(Iterable<AttemptProgress> attempts) {
    Progress.Builder progress = Progress.newBuilder();
    for (AttemptProgress attempt : attempts) {
      progress
          .addAttemptsBuilder()
          .setAttempt(attempt(attempt.attempt()))
          .setPhase(phase(attempt.phase()));
    }
    return progress.build();
  }
}
