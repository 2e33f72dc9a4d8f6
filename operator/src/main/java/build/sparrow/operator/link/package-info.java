/** The line to the frontends of a farm: what they know, and what they are told. */
@NullMarked
package build.sparrow.operator.link;

import org.jspecify.annotations.NullMarked;
