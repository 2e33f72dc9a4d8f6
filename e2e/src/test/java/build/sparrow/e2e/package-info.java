/**
 * Black-box tests of a running farm.
 *
 * <p>One class per behaviour: a real client builds real code on a farm made of real processes, and
 * faults are injected from outside. Only the published protocols and the resource model are
 * imported, never a Sparrow implementation.
 */
@NullMarked
package build.sparrow.e2e;

import org.jspecify.annotations.NullMarked;
