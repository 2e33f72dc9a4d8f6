/**
 * The operator: keeps {@code BuildFarm} and {@code ExecutorPool} resources true on Kubernetes.
 *
 * <p>Each loop observes from informers, plans with a pure function, applies what differs, and
 * writes the status where it changed. Builds go on while it is away: it is not in their way.
 */
@NullMarked
package build.sparrow.operator;

import org.jspecify.annotations.NullMarked;
