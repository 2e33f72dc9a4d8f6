/**
 * What this farm tells clients that it can do. A client believes it, so nothing is announced that
 * is not served, and every value is pinned by a test.
 */
@NullMarked
package build.sparrow.frontend.capabilities;

import org.jspecify.annotations.NullMarked;
