/**
 * Pins the wire format of the public protocols. The table is a test resource derived from the
 * published protocols, so that our files cannot drift from them by a typo.
 */
@NullMarked
package build.sparrow.reapi.wire;

import org.jspecify.annotations.NullMarked;
