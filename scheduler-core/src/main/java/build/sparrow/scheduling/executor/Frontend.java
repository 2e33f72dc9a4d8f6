package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Resources;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an executor remembers of one frontend. */
final class Frontend {
  /**
   * A question for work that is not answered yet; from then on its room is no longer kept free for
   * the answer.
   */
  private record Pull(Resources room, long untilNanos) {}

  final FrontendId id;
  boolean connected;

  /** Since when it is away; null while it is not. */
  private @Nullable Long awaySinceNanos;

  /**
   * The places that the frontend's queue holds here: a sum of the same messages at both ends. It
   * may be below zero, when a pull crossed the taking back of its reservation, and the frontend
   * makes up for that.
   */
  private int reservations;

  /**
   * The free room that the frontend believes in: what it was told last, less what it used since.
   */
  Resources tokens = Resources.NONE;

  /** What attempts of it left in this step. */
  Resources freed = Resources.NONE;

  /** When the most overdue of the actions that wait there should have run, by what it said last. */
  long dueNanos;

  /** What an action takes that waits there for more room here than there is. */
  private Resources roomWanted = Resources.NONE;

  private long roomWantedNanos;

  /** In the order in which they were sent, which is that of their answers. */
  private final List<Pull> pulls = new ArrayList<>();

  /** When what it left behind is dropped; null unless it is gone from the farm. */
  private @Nullable Long orphansUntilNanos;

  private @Nullable String epoch;
  private boolean welcomed;
  private long highestCounter;

  Frontend(FrontendId id) {
    this.id = id;
  }

  /** What was said on an older stream is void; what was admitted is not. */
  void connect() {
    connected = true;
    awaySinceNanos = null;
    orphansUntilNanos = null;
    forgetStream();
  }

  void disconnect(long nowNanos) {
    if (connected) {
      awaySinceNanos = nowNanos;
    }
    connected = false;
    forgetStream();
  }

  /** When it will have been away for so long; Long.MAX_VALUE if it is not away. */
  long awayForNanos(long nanos) {
    return awaySinceNanos == null ? Long.MAX_VALUE : awaySinceNanos + nanos;
  }

  /** Whether it answers, so that it can be told something. */
  boolean listens() {
    return connected && welcomed;
  }

  /** It is gone from the farm; does nothing where a stream is open after all. */
  void gone(long untilNanos) {
    if (!connected && orphansUntilNanos == null) {
      orphansUntilNanos = untilNanos;
    }
  }

  /** Whether it has been gone for so long that what it left behind is in the way. */
  boolean orphansExpired(long nowNanos) {
    return orphansUntilNanos != null && orphansUntilNanos <= nowNanos;
  }

  void orphansDropped() {
    orphansUntilNanos = null;
  }

  private void forgetStream() {
    welcomed = false;
    reservations = 0;
    tokens = Resources.NONE;
    roomWanted = Resources.NONE;
    pulls.clear();
  }

  void welcome(String newEpoch) {
    welcomed = true;
    if (!newEpoch.equals(epoch)) {
      epoch = newEpoch;
      highestCounter = 0;
    }
  }

  /**
   * Whether this offer is seen for the first time. Counters only grow, so one number tells an offer
   * from its late duplicate, which would otherwise run an attempt a second time after its result
   * was acknowledged and forgotten.
   */
  boolean firstSeen(AttemptId attempt) {
    if (!welcomed || !attempt.epoch().equals(epoch) || attempt.counter() <= highestCounter) {
      return false;
    }
    highestCounter = attempt.counter();
    return true;
  }

  int reservations() {
    return Math.max(0, reservations);
  }

  void reserve(int count, long firstDueNanos) {
    dueNanos = firstDueNanos;
    reservations += count;
  }

  void takeBack(int count) {
    reservations -= count;
  }

  void wantRoom(Resources room, long nowNanos) {
    roomWanted = room;
    roomWantedNanos = nowNanos;
  }

  Resources roomWanted() {
    return roomWanted;
  }

  /** Since when an action waits there for room here; Long.MAX_VALUE if none does. */
  long waitsForRoomSinceNanos() {
    return roomWanted.slots() == 0 ? Long.MAX_VALUE : roomWantedNanos;
  }

  void takeBackAll() {
    reservations = 0;
    roomWanted = Resources.NONE;
  }

  void pulled(Resources room, long untilNanos) {
    reservations--;
    tokens = Resources.NONE;
    pulls.add(new Pull(room, untilNanos));
  }

  /** Whether the room of the pull that is answered is still kept free for the answer. */
  boolean answered() {
    return !pulls.isEmpty() && pulls.removeFirst().room.slots() > 0;
  }

  /**
   * A frontend that is stuck must not keep slots idle; if its answer comes after all, it is
   * admitted like any offer.
   */
  void expirePulls(long nowNanos) {
    pulls.replaceAll(
        pull -> pull.untilNanos <= nowNanos ? new Pull(Resources.NONE, Long.MAX_VALUE) : pull);
  }

  /** What is kept free for answers. */
  Resources promised() {
    Resources promised = Resources.NONE;
    for (Pull pull : pulls) {
      promised = promised.plus(pull.room);
    }
    return promised;
  }

  int pendingPulls() {
    return pulls.size();
  }

  /** When a pull, or what it left behind, expires next; Long.MAX_VALUE if nothing does. */
  long nextExpiryNanos() {
    long next = orphansUntilNanos == null ? Long.MAX_VALUE : orphansUntilNanos;
    for (Pull pull : pulls) {
      next = Math.min(next, pull.untilNanos);
    }
    return next;
  }
}
