package build.sparrow.scheduling.sim;

import static build.sparrow.scheduling.sim.Invariants.require;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.executor.ExecutorSnapshot;
import java.util.HashMap;
import java.util.Map;

/** An executor that keeps room for an action gives nothing of it to others. */
final class KeptRooms {
  /**
   * An executor after its last event.
   *
   * @param kept what it kept free, of what was wanted
   * @param others what it had free for whoever comes
   * @param grew whether that was more than before
   */
  private record Before(Resources kept, Resources others, boolean grew) {}

  private final Map<ExecutorId, Before> before = new HashMap<>();

  void check(ExecutorProcess executor, ExecutorSnapshot snapshot) {
    Resources free = snapshot.free();
    Resources wanted = wanted(snapshot);
    Before then = before.get(executor.id);
    // Who runs alone has all to himself; and what was wanted may be bound by now, or given up.
    if (then != null && !snapshot.draining() && free.slots() > 0 && wanted.covers(then.kept)) {
      require(
          free.covers(then.kept),
          "{} has {} free, where it kept {} for an action that waits",
          executor.id,
          free,
          then.kept);
    }
    Resources kept = free;
    for (ExecutorSnapshot.Frontend frontend : snapshot.frontends()) {
      kept = kept.minus(frontend.promised());
    }
    Resources others = forOthers(snapshot);
    before.put(
        executor.id,
        new Before(kept.within(wanted), others, then != null && grew(then.others, others)));
  }

  /** Slots that come to others do not count. */
  private static boolean grew(Resources then, Resources now) {
    return !then.covers(new Resources(Math.min(1, now.slots()), now.amounts()));
  }

  /** What the executor keeps at least; of several frontends that want room, it serves one. */
  private static Resources wanted(ExecutorSnapshot snapshot) {
    Resources least = Resources.NONE;
    for (ExecutorSnapshot.Frontend frontend : snapshot.frontends()) {
      if (frontend.roomWanted().slots() > 0) {
        least = least.slots() == 0 ? frontend.roomWanted() : least.within(frontend.roomWanted());
      }
    }
    return least;
  }

  /** What the executor may give to anybody, whichever frontend it keeps room for. */
  static Resources forOthers(ExecutorSnapshot snapshot) {
    Resources room = snapshot.free();
    for (ExecutorSnapshot.Frontend frontend : snapshot.frontends()) {
      room = room.minus(frontend.roomWanted());
    }
    return room;
  }

  /** Whether it has more free than before its last event, not only in slots. */
  boolean hasMoreThanBefore(ExecutorProcess executor) {
    Before now = before.get(executor.id);
    return now != null && now.grew;
  }
}
