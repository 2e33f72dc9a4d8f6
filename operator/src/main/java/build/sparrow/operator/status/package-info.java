/**
 * What people are told: conditions with a reason and a next step, and events without repetition.
 */
@NullMarked
package build.sparrow.operator.status;

import org.jspecify.annotations.NullMarked;
