package build.sparrow.operator.preemption;

import java.time.Duration;

/**
 * A sign that an executor's node or pod goes away.
 *
 * @param cause what goes, and who says so
 * @param grace how long what runs there may go on, from now
 * @param detail for people: the sign itself, as the taint's key
 */
public record LeaveSignal(Cause cause, Duration grace, String detail) {
  /** Why an executor leaves. */
  public enum Cause {
    /** The node's control plane hears nothing of it any more. */
    NODE_LOST,
    /** The cloud takes the node. */
    INTERRUPTION,
    /** The node's kubelet ends its pods and then itself. */
    NODE_SHUTDOWN,
    /** An autoscaler of nodes, or a person, removes the node. */
    NODE_REMOVAL,
    /** The node takes no more pods. */
    CORDON,
    /** The pod is evicted, preempted by another, or deleted. */
    POD_DISRUPTION
  }

  /** The node is gone, as far as anybody knows: nothing that runs there will be heard of. */
  public boolean isLoss() {
    return cause == Cause.NODE_LOST;
  }
}
