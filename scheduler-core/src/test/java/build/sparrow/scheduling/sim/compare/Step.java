package build.sparrow.scheduling.sim.compare;

import java.util.ArrayList;
import java.util.List;

/** An action and what needs it, before it is known when it can be submitted. */
final class Step {
  final int mnemonic;
  final int target;
  final long nanos;
  final List<Step> needs = new ArrayList<>();
  final List<Step> neededBy = new ArrayList<>();

  /** The longest chain of actions that ends with this one. */
  long chainNanos;

  int missing;

  Step(int mnemonic, int target, long nanos) {
    this.mnemonic = mnemonic;
    this.target = target;
    this.nanos = nanos;
    chainNanos = nanos;
  }

  void need(Step other) {
    needs.add(other);
    other.neededBy.add(this);
    chainNanos = Math.max(chainNanos, other.chainNanos + nanos);
  }
}
