package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.FrontendId;
import java.util.List;

/**
 * What an executor's scheduler knows at one moment.
 *
 * @param held attempts that hold a slot or a result, in the order of their admission
 * @param stopping attempts that are being killed and still hold their slot
 */
public record ExecutorSnapshot(
    int slots,
    int freeSlots,
    boolean draining,
    List<AttemptProgress> held,
    List<AttemptId> stopping,
    List<Frontend> frontends) {
  public ExecutorSnapshot {
    held = List.copyOf(held);
    stopping = List.copyOf(stopping);
    frontends = List.copyOf(frontends);
  }

  /**
   * A connected frontend.
   *
   * @param reservations places that it holds in this executor's queue
   * @param tokens idle slots that it was told of and has not used
   * @param pendingPulls Pull messages that wait for their answer
   */
  public record Frontend(FrontendId id, int reservations, int tokens, int pendingPulls) {}
}
