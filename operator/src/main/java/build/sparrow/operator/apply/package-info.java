/**
 * Brings objects to the API server by server-side apply, only when something differs, and takes
 * away those that are no longer wanted.
 */
@NullMarked
package build.sparrow.operator.apply;

import org.jspecify.annotations.NullMarked;
