/** How many executors a pool should have: a pure function of demand, policy and time. */
@NullMarked
package build.sparrow.operator.autoscale;

import org.jspecify.annotations.NullMarked;
