package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.FrontendId;
import org.jspecify.annotations.Nullable;

/** What an executor remembers of one frontend. */
final class Frontend {
  /** A question for work that is not answered yet. */
  record Pull(int slots, long untilNanos) {}

  final FrontendId id;
  boolean connected;

  /** The places that the frontend's queue holds here. */
  int reservations;

  /**
   * The idle slots that the frontend believes in: what it was told last, less what it used since.
   */
  int tokens;

  @Nullable Pull pull;

  private @Nullable String epoch;
  private boolean welcomed;
  private long highestCounter;

  Frontend(FrontendId id) {
    this.id = id;
  }

  /** What was said on an older stream is void; what was admitted is not. */
  void connect() {
    connected = true;
    forgetStream();
  }

  void disconnect() {
    connected = false;
    forgetStream();
  }

  private void forgetStream() {
    welcomed = false;
    reservations = 0;
    tokens = 0;
    pull = null;
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
}
