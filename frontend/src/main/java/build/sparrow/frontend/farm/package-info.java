/**
 * What people and the operator ask of this frontend: what it knows, why an operation is where it
 * is, and to let an executor go. All these answers come from the scheduler's own snapshot; how the
 * storage stands is asked of its shards.
 */
@NullMarked
package build.sparrow.frontend.farm;

import org.jspecify.annotations.NullMarked;
