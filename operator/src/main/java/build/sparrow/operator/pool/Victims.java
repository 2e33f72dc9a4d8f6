package build.sparrow.operator.pool;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Who of those that could stay goes first when there are too many. */
final class Victims {
  private final Map<String, Long> perNode;
  private final boolean complete;

  /**
   * Takes how full the nodes are.
   *
   * @param complete every frontend has answered
   */
  Victims(List<Executor> executors, boolean complete) {
    this.complete = complete;
    this.perNode =
        executors.stream()
            .filter(executor -> !executor.node().isEmpty())
            .collect(Collectors.groupingBy(Executor::node, Collectors.counting()));
  }

  /** In the order in which they go. Who runs an action is last. */
  List<Executor> inOrder(List<Executor> staying) {
    return staying.stream()
        .sorted(
            Comparator.comparingInt(this::rank)
                .thenComparingInt(Executor::running)
                // A stand-in costs more, and an emptier node is sooner free.
                .thenComparing(Executor::standIn, Comparator.reverseOrder())
                .thenComparingLong(executor -> perNode.getOrDefault(executor.node(), 0L))
                .thenComparing(
                    executor -> Objects.requireNonNullElse(executor.idleSince(), Instant.MAX))
                .thenComparing(Executor::name))
        .toList();
  }

  private int rank(Executor executor) {
    int outdated = executor.outdated() ? 0 : 1;
    return switch (executor.stage()) {
      case LEAVING, TERMINAL, LOST -> outdated;
      case PENDING -> 2 + outdated;
      case UNKNOWN -> (complete ? 4 : 8) + outdated;
      case WELCOMED -> (executor.isBusy() || !complete ? 10 : 6) + outdated;
    };
  }
}
