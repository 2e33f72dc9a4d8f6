/** Signals that a node or a pod goes away, and the drains that follow from them. */
@NullMarked
package build.sparrow.operator.preemption;

import org.jspecify.annotations.NullMarked;
