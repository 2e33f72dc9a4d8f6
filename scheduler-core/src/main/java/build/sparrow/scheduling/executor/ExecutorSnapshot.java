package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Resources;
import java.util.List;

/**
 * What an executor's scheduler knows at one moment.
 *
 * @param free what a new attempt could take, if it had not to be kept for one that waits for more
 * @param held attempts that hold a slot or a result, in the order of their admission
 * @param stopping attempts that are being killed and still hold their slot
 */
public record ExecutorSnapshot(
    Resources capacity,
    Resources free,
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
   * @param tokens free room that it was told of and has not used
   * @param promised what is kept free for its answers
   * @param roomWanted what an action takes that waits there for this executor
   * @param pendingPulls Pull messages that wait for their answer
   */
  public record Frontend(
      FrontendId id,
      int reservations,
      Resources tokens,
      Resources roomWanted,
      Resources promised,
      int pendingPulls) {}
}
