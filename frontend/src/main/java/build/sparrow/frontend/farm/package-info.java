/**
 * What people and the operator ask of this frontend: what it knows, why an operation is where it
 * is, and to let an executor go. All answers come from the scheduler's own snapshot.
 */
@NullMarked
package build.sparrow.frontend.farm;

import org.jspecify.annotations.NullMarked;
