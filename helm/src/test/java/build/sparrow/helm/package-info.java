/** Tests of the chart: what it makes of values, and that what is generated is up to date. */
@NullMarked
package build.sparrow.helm;

import org.jspecify.annotations.NullMarked;
