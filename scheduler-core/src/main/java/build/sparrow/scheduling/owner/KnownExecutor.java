package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LossClass;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An executor as this owner sees it, from its first Hello until it is given up for lost. */
final class KnownExecutor {
  /** How the executor can be reached. */
  sealed interface Connection {
    record Ready() implements Connection {}

    /** Its stream broke; it may be back before the alarm. */
    record Suspect(Alarms.Alarm giveUp) implements Connection {}
  }

  final ExecutorId id;
  final ExecutorGroup group;
  final String pool;
  final String isolationLevel;
  final int slots;

  /** What it runs, or was offered, for this owner. */
  final Map<AttemptId, Operation> attempts = new LinkedHashMap<>();

  Connection connection = new Connection.Ready();
  boolean draining;

  /**
   * The places that this owner holds in its queue: a sum of the same messages at both ends. Below
   * zero when a pull crossed the taking back of its reservation; the next reservations make up for
   * that.
   */
  int reservations;

  long lastHeardNanos;
  Alarms.@Nullable Alarm silenceCheck;

  /** What others said about its loss, before or after its stream broke. */
  @Nullable LossClass news;

  /** Idle slots by its last token, less those that it filled by our offers since. */
  private int tokens;

  /**
   * Offers that it has not answered. Its last token knew nothing of them: messages of a stream stay
   * in order.
   */
  private final Set<AttemptId> unanswered = new HashSet<>();

  KnownExecutor(ExecutorId id, ExecutorGroup group, String pool, String isolationLevel, int slots) {
    this.id = id;
    this.group = group;
    this.pool = pool;
    this.isolationLevel = isolationLevel;
    this.slots = slots;
  }

  boolean ready() {
    return switch (connection) {
      case Connection.Ready _ -> true;
      case Connection.Suspect _ -> false;
    };
  }

  /** Whether it may get new work. */
  boolean open() {
    return ready() && !draining;
  }

  /** Slots that can be offered to right now. */
  int idleSlots() {
    return open() ? Math.max(0, tokens - unanswered.size()) : 0;
  }

  /** Slots that it has free of the ones it asked work for. */
  int pullable(int freeSlots) {
    return open() ? Math.max(0, Math.min(freeSlots, slots) - unanswered.size()) : 0;
  }

  void told(int freeSlots) {
    tokens = Math.max(0, freeSlots);
  }

  /**
   * An action is bound to it.
   *
   * @param pulled in answer to a pull, whose slots it keeps free meanwhile; otherwise a token is
   *     used
   */
  void offered(AttemptId attempt, Operation operation, boolean pulled) {
    attempts.put(attempt, operation);
    if (!pulled) {
      unanswered.add(attempt);
    }
  }

  void accepted(AttemptId attempt) {
    if (unanswered.remove(attempt)) {
      tokens = Math.max(0, tokens - 1);
    }
  }

  void rejected(AttemptId attempt) {
    if (unanswered.remove(attempt)) {
      tokens = 0;
    }
  }

  /** The stream is gone, and what was on the way on it. */
  void forgetStream() {
    group.setReservations(this, 0);
    tokens = 0;
    unanswered.clear();
    group.refresh(this);
  }
}
