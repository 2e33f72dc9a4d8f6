package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.Rendezvous;
import build.sparrow.scheduling.Resources;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
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
  final Resources capacity;

  /** Where it is on its group's ring. */
  final long place;

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

  /** Free room by its last token, less what it filled by our offers since. */
  private Resources tokens = Resources.NONE;

  /** Whether other owners know of that room, so that it may be used up. */
  private boolean shared;

  /** The queue whose first action it keeps free what frees for, because that takes more. */
  @Nullable PlatformQueue keepsRoomFor;

  boolean knowsOfKeptRoom;

  /**
   * What it had free when it pulled last and got nothing; null if it got something, or said since
   * that it has more. Where nothing fits in, there is nothing to come for.
   */
  @Nullable Resources pulledInVain;

  /**
   * Offers that it has not answered. Its last token knew nothing of them: messages of a stream stay
   * in order.
   */
  private final Map<AttemptId, Resources> unanswered = new LinkedHashMap<>();

  KnownExecutor(
      ExecutorId id, ExecutorGroup group, String pool, String isolationLevel, Resources capacity) {
    this.id = id;
    this.group = group;
    this.pool = pool;
    this.isolationLevel = isolationLevel;
    this.capacity = capacity;
    place = Rendezvous.place(id.name());
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

  /** What can be offered to right now. */
  Resources idle() {
    return open() ? less(unanswered.values(), tokens) : Resources.NONE;
  }

  /** Whether an offer would most likely be accepted: others have not used up so much so soon. */
  boolean mostLikelyIdle() {
    return !shared || 2 * idle().slots() >= capacity.slots();
  }

  /** Whether what is idle was left to this owner alone. */
  boolean idleForThisOwner() {
    return !shared && idle().slots() > 0;
  }

  /** What it has free of the room that it asked work for. */
  Resources pullable(Resources free) {
    return open() ? less(unanswered.values(), free.within(capacity)) : Resources.NONE;
  }

  private static Resources less(Collection<Resources> taken, Resources room) {
    Resources left = room;
    for (Resources each : taken) {
      left = left.minus(each);
    }
    return left;
  }

  void told(Resources free, boolean toOthersToo) {
    tokens = free;
    shared = toOthersToo;
    pulledInVain = null;
  }

  /** What is kept for an action is no longer for others. */
  void keep(Resources room) {
    tokens = tokens.minus(room);
  }

  /**
   * An action is bound to it.
   *
   * @param pulled in answer to a pull, whose room it keeps free meanwhile; otherwise a token is
   *     used
   */
  void offered(OfferedAttempt offer, Operation operation, boolean pulled) {
    attempts.put(offer.attempt(), operation);
    if (!pulled) {
      unanswered.put(offer.attempt(), offer.size());
    }
  }

  void accepted(AttemptId attempt) {
    Resources size = unanswered.remove(attempt);
    if (size != null) {
      tokens = tokens.minus(size);
    }
  }

  void rejected(AttemptId attempt, Resources free) {
    if (unanswered.remove(attempt) != null) {
      tokens = free;
      shared = true;
    }
  }

  /** The stream is gone, and what was on the way on it. */
  void forgetStream() {
    group.setReservations(this, 0);
    tokens = Resources.NONE;
    pulledInVain = null;
    unanswered.clear();
    group.refresh(this);
  }
}
