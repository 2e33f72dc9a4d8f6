package build.sparrow.frontend.scheduling;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.owner.OfferedAttempt;
import build.sparrow.scheduling.v1.ActionEnvelope;
import build.sparrow.scheduling.v1.Done;
import build.sparrow.scheduling.v1.Offer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Envelopes of operations, attempts at them and ends of attempts; for the loop's thread. */
final class Payloads {
  private final Map<OperationId, OperationPayload> operations = new HashMap<>();
  private final Map<AttemptId, OperationPayload> attempts = new HashMap<>();
  private final Map<AttemptId, Done> endings = new HashMap<>();

  /** Keeps an envelope under the operation's name; one that is there already stays. */
  OperationPayload add(ActionEnvelope envelope) {
    return operations.computeIfAbsent(
        new OperationId(envelope.getOperation()), _ -> new OperationPayload(envelope));
  }

  @Nullable OperationPayload of(OperationId operation) {
    return operations.get(operation);
  }

  void remove(OperationId operation) {
    OperationPayload payload = operations.remove(operation);
    if (payload != null) {
      payload.attempts().forEach(attempts::remove);
    }
  }

  /** An attempt at an operation is on its way, or was announced. */
  void begin(OperationPayload payload, AttemptId attempt) {
    payload.attempts().add(attempt);
    attempts.put(attempt, payload);
  }

  /** The offer of an attempt, as it travels; null if the operation is unknown. */
  @Nullable Offer offer(OfferedAttempt offered) {
    OperationPayload payload = operations.get(offered.operation());
    if (payload == null) {
      return null;
    }
    begin(payload, offered.attempt());
    return Offer.newBuilder()
        .setAttempt(Wire.attempt(offered.attempt()))
        .setAction(payload.envelope())
        .setAlone(offered.alone())
        .putAllTaken(offered.size().amounts())
        .build();
  }

  /** An attempt did not come about. */
  void drop(AttemptId attempt) {
    OperationPayload payload = attempts.remove(attempt);
    if (payload != null) {
      payload.attempts().remove(attempt);
    }
  }

  /** Keeps the end of an attempt until {@link #acknowledged}. */
  void ended(AttemptId attempt, Done done) {
    OperationPayload payload = attempts.get(attempt);
    Done kept = done;
    if (payload != null) {
      if (done.getStatus().getCode() != 0) {
        payload.failed(done.getStatus().getMessage());
      }
      if (done.hasResult() && payload.envelope().hasQueuedTimestamp()) {
        kept = done.toBuilder().setResult(withQueued(done.getResult(), payload)).build();
      }
    }
    endings.put(attempt, kept);
  }

  private static ActionResult withQueued(ActionResult result, OperationPayload payload) {
    ActionResult.Builder complete = result.toBuilder();
    complete
        .getExecutionMetadataBuilder()
        .setQueuedTimestamp(payload.envelope().getQueuedTimestamp());
    return complete.build();
  }

  /** The end of an attempt; null if the executor has not reported it. */
  @Nullable Done ending(AttemptId attempt) {
    return endings.get(attempt);
  }

  void acknowledged(AttemptId attempt) {
    endings.remove(attempt);
    drop(attempt);
  }
}
