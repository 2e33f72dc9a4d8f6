package build.sparrow.frontend.scheduling;

import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.v1.ExecutorMessage;
import java.time.Duration;
import java.util.Map;

/** What an executor's message means to the scheduler. */
final class ExecutorEvents {
  /** No action runs for longer. */
  private static final Duration LONGEST_GRACE = Duration.ofDays(1);

  private ExecutorEvents() {}

  /**
   * The event of a message after Hello.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if the message is empty or a second
   *     Hello
   * @throws IllegalArgumentException if a field makes no sense
   */
  static OwnerEvent of(ExecutorId executor, ExecutorMessage message) {
    return switch (message.getMessageCase()) {
      case TOKEN ->
          new OwnerEvent.Token(
              executor,
              room(message.getToken().getFreeSlots(), message.getToken().getFreeAmountsMap()),
              message.getToken().getShared());
      case ACCEPT ->
          new OwnerEvent.Accepted(executor, Wire.attempt(message.getAccept().getAttempt()));
      case REJECT ->
          new OwnerEvent.Rejected(
              executor,
              Wire.attempt(message.getReject().getAttempt()),
              room(message.getReject().getFreeSlots(), message.getReject().getFreeAmountsMap()));
      case PULL ->
          new OwnerEvent.Pulled(
              executor,
              room(message.getPull().getFreeSlots(), message.getPull().getFreeAmountsMap()));
      case PROGRESS ->
          new OwnerEvent.Progressed(
              executor,
              message.getProgress().getAttemptsList().stream().map(Wire::progress).toList());
      case DONE ->
          new OwnerEvent.Finished(
              executor,
              Wire.attempt(message.getDone().getAttempt()),
              Wire.ending(message.getDone().getEnding()));
      case HAND_BACK ->
          new OwnerEvent.HandedBack(executor, Wire.attempt(message.getHandBack().getAttempt()));
      case ANNOUNCE ->
          new OwnerEvent.HeldAnnounced(
              executor, HelloRules.held(message.getAnnounce().getHeldList()));
      case DRAINING ->
          new OwnerEvent.ExecutorDraining(executor, grace(message.getDraining().getGrace()));
      case HELLO -> throw ReapiStatus.invalidArgument("an executor says Hello once per stream");
      case MESSAGE_NOT_SET ->
          throw ReapiStatus.invalidArgument("an executor's message is empty, or newer than this");
    };
  }

  private static Duration grace(com.google.protobuf.Duration grace) {
    Duration given = Duration.ofSeconds(grace.getSeconds(), grace.getNanos());
    if (given.isNegative()) {
      throw new IllegalArgumentException("A drain's grace is " + given + "; give 0 or more");
    }
    return given.compareTo(LONGEST_GRACE) > 0 ? LONGEST_GRACE : given;
  }

  private static Resources room(int freeSlots, Map<String, Long> freeAmounts) {
    if (freeSlots < 0) {
      throw new IllegalArgumentException(
          "Free slots are " + Integer.toUnsignedString(freeSlots) + "; no executor has that many");
    }
    return new Resources(freeSlots, freeAmounts);
  }
}
