/** The {@code ExecutorPool}: executor pods, created and deleted one by one. */
@NullMarked
package build.sparrow.operator.pool;

import org.jspecify.annotations.NullMarked;
