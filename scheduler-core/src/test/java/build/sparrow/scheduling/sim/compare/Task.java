package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.ActionId;

/** One action of a workload, and what became of it. */
final class Task {
  /** Targets whose numbers are so close share a package. */
  static final int TARGETS_OF_A_PACKAGE = 10;

  /**
   * What a client knows of an action.
   *
   * @param job tasks of one job are submitted together
   * @param tenant who pays for it
   * @param build the invocation that it belongs to
   * @param target names what is built, within its mnemonic
   * @param platform index of what it needs; executors list the indices that they serve
   * @param priority as in the Remote Execution API, lower is sooner
   */
  record Facts(
      int job, int tenant, int build, int mnemonic, int target, int platform, int priority) {
    static Facts of(int job, int build, int mnemonic, int target) {
      return new Facts(job, 0, build, mnemonic, target, 0, 0);
    }
  }

  final int number;
  final Facts facts;
  final ActionId action;
  final long durationNanos;

  /** How long it fetches its inputs first, at an executor that has not run its like lately. */
  final long fetchNanos;

  /** Whether the figures count it; what warms a farm up, or comes too late, is not counted. */
  final boolean measured;

  long submittedNanos = -1;
  long startedNanos = -1;
  long finishedNanos = -1;

  /** How often it was begun. */
  int starts;

  /** Whether its inputs were where it ran. */
  boolean warm;

  /** A task whose inputs are everywhere. */
  Task(int number, Facts facts, ActionId action, long durationNanos, boolean measured) {
    this(number, facts, action, durationNanos, 0, measured);
  }

  Task(
      int number,
      Facts facts,
      ActionId action,
      long durationNanos,
      long fetchNanos,
      boolean measured) {
    this.number = number;
    this.facts = facts;
    this.action = action;
    this.durationNanos = durationNanos;
    this.fetchNanos = fetchNanos;
    this.measured = measured;
  }

  double waitSeconds() {
    return Math.max(0, startedNanos - submittedNanos) / 1e9;
  }

  double durationSeconds() {
    return durationNanos / 1e9;
  }

  /** How much longer it took than it would have alone. */
  double slowdown() {
    return (double) (finishedNanos - submittedNanos) / durationNanos;
  }
}
