package build.sparrow.operator.link;

import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.PoolStatus;
import build.sparrow.operator.link.ExecutorView.State;
import com.google.protobuf.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Makes one view of a farm of what its frontends say, each of its own scheduler. */
final class MergedView {
  private MergedView() {}

  /**
   * The view.
   *
   * @param expected how many frontends are followed
   * @param answers the newest of each that answers
   */
  static FarmView of(int expected, Collection<InspectResponse> answers) {
    Map<String, ExecutorView> executors = new HashMap<>();
    Map<String, PoolDemand> pools = new HashMap<>();
    for (InspectResponse answer : answers) {
      for (ExecutorStatus executor : answer.getExecutorsList()) {
        executors.merge(executor.getName(), view(executor), MergedView::together);
      }
      for (PoolStatus pool : answer.getPoolsList()) {
        pools.merge(pool.getName(), demand(pool), PoolDemand::plus);
      }
    }
    return new FarmView(answers.size(), expected, executors, pools);
  }

  private static ExecutorView view(ExecutorStatus executor) {
    return new ExecutorView(
        executor.getName(),
        executor.getPool(),
        executor.getIncarnation(),
        switch (executor.getState()) {
          case READY -> State.READY;
          case DRAINING -> State.DRAINING;
          // What a newer frontend means we cannot know; an executor that nobody vouches for.
          case SUSPECT, STATE_UNSPECIFIED, UNRECOGNIZED -> State.SUSPECT;
        },
        executor.getSlots(),
        executor.getRunningOperationsCount(),
        executor.getIsolationLevel());
  }

  private static ExecutorView together(ExecutorView one, ExecutorView other) {
    if (!one.incarnation().equals(other.incarnation())) {
      // One frontend still misses the process before, the other has met the one after.
      return one.state() == State.SUSPECT ? other : one;
    }
    return new ExecutorView(
        one.name(),
        one.pool(),
        one.incarnation(),
        one.state().compareTo(other.state()) >= 0 ? one.state() : other.state(),
        one.slots(),
        one.running() + other.running(),
        one.isolationLevel());
  }

  private static PoolDemand demand(PoolStatus pool) {
    Duration wait = pool.getOldestWait();
    return new PoolDemand(
        pool.getQueuedActions(), java.time.Duration.ofSeconds(wait.getSeconds(), wait.getNanos()));
  }
}
