package build.sparrow.scheduling.sim.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * The machines that a workload runs on.
 *
 * @param serves for each executor the platforms that it serves
 * @param hopNanos one way between a frontend and an executor, give or take a fifth
 */
record Farm(int slots, List<List<Integer>> serves, int frontends, long hopNanos) {
  /** Executors of one kind. */
  static Farm alike(int executors, int slots) {
    List<List<Integer>> serves = new ArrayList<>();
    for (int number = 0; number < executors; number++) {
      serves.add(List.of(0));
    }
    return new Farm(slots, serves, 3, 500_000);
  }

  int executors() {
    return serves.size();
  }

  int allSlots() {
    return slots * executors();
  }
}
