package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.PriorityCapabilities;

/** How important an action may be; lower runs sooner. */
public final class Priorities {
  /** The most important. */
  static final int FIRST = -1000;

  /** The least important. */
  static final int LAST = 1000;

  private Priorities() {}

  /** The range that is announced. */
  public static PriorityCapabilities capabilities() {
    return PriorityCapabilities.newBuilder()
        .addPriorities(
            PriorityCapabilities.PriorityRange.newBuilder()
                .setMinPriority(FIRST)
                .setMaxPriority(LAST))
        .build();
  }

  /** The nearest priority within the range. */
  static int clamp(int priority) {
    return Math.clamp(priority, FIRST, LAST);
  }
}
