/**
 * The REAPI endpoint of a farm.
 *
 * <p>{@link build.sparrow.frontend.FrontendMain} composes it: capabilities, the stores' services
 * over the shard, admission, the scheduler's shell, and the services that executors, people and the
 * operator call. A frontend keeps nothing on disk: what runs is known to the executors, what has
 * ended to the action cache.
 */
@NullMarked
package build.sparrow.frontend;

import org.jspecify.annotations.NullMarked;
